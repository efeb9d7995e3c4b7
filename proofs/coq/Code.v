(** * Codes: Kraft's inequality, and readers that know where to stop

    A code is a set of words, bit strings; it is prefix-free if no word is the beginning of another
    one. Proved here:

    - Kraft's inequality: for different words of a prefix-free code, the sum of [2^-length] is at
      most 1 ([kraft]). So [2^-length] is a prior, in the sense of [subprobability];
    - a choice among several codes can be charged: by any prior over the codes ([choice_prior]),
      by [a] bits where there are at most [2^a] of them ([kraft_formats]), and by a number of bits
      that differs from code to code ([kraft_versions], [kraft_design]);
    - two ways for a set of words to be prefix-free: what a self-delimiting reader consumes, with
      compositions of such readers ([consumed_prefix_free]); and what a decoder accepts that reads
      the same whatever follows and encodes again ([canonical_prefix_free]). The second is what the
      model file does; Grammar.v shows it from the arithmetic of its coder. *)

From Coq Require Import Reals.
From mathcomp Require Import all_ssreflect ssralg ssrnum.
From mathcomp.analysis Require Import Rstruct.
From Nonvacuous Require Import RealArith Finite.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Notation word := (seq bool).

(** No word of [C] is the beginning of another one. *)
Definition prefix_free (C : word -> Prop) : Prop :=
  forall v w, C v -> C w -> prefix v w -> v = w.

(** [2^-l]. *)
Definition half_power (l : nat) : R := 2%:R ^- l.

(** Masses on the members of a set that need not be finite, of sum at most [m]: every finite part of
    the set has sum at most [m]. A prior has sum at most 1. *)
Definition sum_at_most (m : R) (I : eqType) (C : I -> Prop) (prior : I -> R) : Prop :=
  (forall i, 0 <= prior i) /\
  forall r : seq I, uniq r -> (forall i, i \in r -> C i) -> \sum_(i <- r) prior i <= m.

Notation subprobability := (sum_at_most 1).

Lemma half_power_gt0 l : 0 < half_power l.
Proof. by rewrite invr_gt0 exprn_gt0 ?ltr0Sn. Qed.

Lemma half_power_ge0 l : 0 <= half_power l.
Proof. exact: ltW (half_power_gt0 l). Qed.

Lemma half_powerD l m : half_power (l + m) = half_power l * half_power m.
Proof. by rewrite /half_power exprD invfM. Qed.

Lemma half_power0 : half_power 0 = 1.
Proof. by rewrite /half_power expr0 invr1. Qed.

Lemma half_power_twice l : half_power l.+1 + half_power l.+1 = half_power l.
Proof.
rewrite -addn1 half_powerD -mulrDr /half_power expr1.
by rewrite -mulr2n -(mulr_natl _^-1) mulfV ?mulr1 ?pnatr_eq0.
Qed.

Lemma half_power_mono l m : (l <= m)%N -> half_power m <= half_power l.
Proof.
by move=> lm; rewrite lef_pinv ?posrE ?exprn_gt0 ?ltr0Sn // ler_eexpn2l // ?ler1n // ltr1n.
Qed.

(** ** Kraft's inequality *)

(** What follows the bit [b] in the words that begin with it. *)
Definition words_after b (code : seq word) : seq word :=
  [seq behead w | w <- code & prefix [:: b] w].

Lemma mem_words_after b code w : (w \in words_after b code) = (b :: w \in code).
Proof.
apply/mapP/idP => [[v]|bw]; last first.
  by exists (b :: w); rewrite // mem_filter prefix_cons eqxx prefix0s.
rewrite mem_filter; case: v => // c v /andP[].
by rewrite prefix_cons => /andP[/eqP <- _] cv ->.
Qed.

Lemma words_after_uniq b code : uniq code -> uniq (words_after b code).
Proof.
move=> unique; rewrite map_inj_in_uniq ?filter_uniq // => v w.
rewrite !mem_filter; case: v => // c v; case: w => // d w.
by rewrite !prefix_cons => /andP[/andP[/eqP <- _] _] /andP[/andP[/eqP <- _] _] /= ->.
Qed.

Lemma sum_words_after b (code : seq word) :
  \sum_(w <- code | prefix [:: b] w) half_power (size w) =
  half_power 1 * \sum_(w <- words_after b code) half_power (size w).
Proof.
rewrite big_map big_filter mulr_sumr; apply: eq_bigr => -[|c w] //= _.
by rewrite -half_powerD.
Qed.

Lemma sum_by_first_bit (code : seq word) : [::] \notin code ->
  \sum_(w <- code) half_power (size w) =
  half_power 1 * (\sum_(w <- words_after true code) half_power (size w) +
                  \sum_(w <- words_after false code) half_power (size w)).
Proof.
move=> nonempty; rewrite (bigID (prefix [:: true])) /= sum_words_after.
have -> : \sum_(w <- code | ~~ prefix [:: true] w) half_power (size w) =
          \sum_(w <- code | prefix [:: false] w) half_power (size w).
  rewrite big_seq_cond [RHS]big_seq_cond; apply: eq_bigl => w.
  case wC: (w \in code) => //=; case: w wC => [|b w] wC; last first.
    by rewrite !prefix_cons !prefix0s; case: b {wC}.
  by rewrite wC in nonempty.
by rewrite sum_words_after mulrDr.
Qed.

Lemma kraft_list (code : seq word) :
  uniq code -> {in code &, forall v w, prefix v w -> v = w} ->
  \sum_(w <- code) half_power (size w) <= 1.
Proof.
have only_empty (r : seq word) : uniq r -> {in r, forall w, w = [::]} ->
    \sum_(w <- r) half_power (size w) <= 1.
  case: r => [|v [|w r]] unique empty; first by rewrite big_nil ler01.
    by rewrite big_seq1 (empty v) ?mem_head // half_power0.
  move: unique; rewrite /= inE (empty v) ?mem_head // (empty w) ?eqxx //.
  by rewrite inE mem_head orbT.
have [N short] : exists N, {in code, forall w, size w <= N}%N.
  exists (\max_(w <- code) size w)%N => w wC; exact: leq_bigmax_seq.
elim: N code short => [|N IH] code short unique free.
  by apply: only_empty => // w /short; rewrite leqn0 => /nilP.
have [empty|nonempty] := boolP ([::] \in code).
  by apply: only_empty => // w wC; rewrite -(free [::] w) ?prefix0s.
have part b : \sum_(w <- words_after b code) half_power (size w) <= 1.
  apply: IH => [w||v w]; rewrite ?mem_words_after; [by move/short | exact: words_after_uniq |].
  move=> vC wC vw; have [] // : b :: v = b :: w.
  by apply: free; rewrite // prefix_cons eqxx.
rewrite sum_by_first_bit // -half_power0 -(half_power_twice 0) mulrDr.
by apply: ler_add; rewrite ler_pimulr ?half_power_ge0.
Qed.

Theorem kraft (C : word -> Prop) :
  prefix_free C -> subprobability C (fun w => half_power (size w)).
Proof.
move=> free; split=> [w|code unique codeC]; first exact: half_power_ge0.
by apply: kraft_list => // v w /codeC Cv /codeC Cw; exact: free.
Qed.

(** ** Several codes

    First the code is chosen, then the word. If [q] is a prior over the codes [C f], and the masses
    of the words of [C f] have a sum of at most [m f], then the products have one of at most
    [sum_f q f * m f]. *)

Lemma sum_choice (F : finType) (V : eqType) (C : F -> V -> Prop) (prior : F -> V -> R)
    (m q : F -> R) :
  (forall f, sum_at_most (m f) (C f) (prior f)) -> (forall f, 0 <= q f) ->
  sum_at_most (\sum_f q f * m f) (fun x : F * V => C x.1 x.2) (fun x => q x.1 * prior x.1 x.2).
Proof.
move=> priors q0; split=> [x|r unique rC]; first by rewrite mulr_ge0 ?(priors x.1).1.
rewrite (partition_big (fun x : F * V => x.1) xpredT) //=; apply: ler_sum => f _.
rewrite (eq_bigr (fun x => q f * prior f x.2)) => [|x /eqP -> //].
rewrite -mulr_sumr ler_wpmul2l //.
have [_ /(_ [seq x.2 | x <- r & x.1 == f])] := priors f.
rewrite big_map big_filter; apply.
  rewrite map_inj_in_uniq ?filter_uniq // => -[g v] [h w].
  by rewrite !mem_filter /= => /andP[/eqP -> _] /andP[/eqP -> _] ->.
move=> v /mapP[[g w]]; rewrite mem_filter /= => /andP[/eqP -> fw] ->; exact: rC fw.
Qed.

Lemma sum_at_most_le (m m' : R) (I : eqType) (C : I -> Prop) (prior : I -> R) :
  m <= m' -> sum_at_most m C prior -> sum_at_most m' C prior.
Proof.
by move=> mm' [p0 pm]; split=> // r unique rC; apply: le_trans mm'; exact: pm.
Qed.

(** A prior over priors is a prior. *)
Lemma choice_prior (F : finType) (V : eqType) (C : F -> V -> Prop) (prior : F -> V -> R)
    (q : F -> R) :
  (forall f, subprobability (C f) (prior f)) -> (forall f, 0 <= q f) -> \sum_f q f <= 1 ->
  subprobability (fun x : F * V => C x.1 x.2) (fun x => q x.1 * prior x.1 x.2).
Proof.
move=> priors q0 q1; apply: sum_at_most_le (sum_choice priors q0).
by apply: le_trans q1; apply: ler_sum => f _; rewrite mulr1.
Qed.

(** [a] bits pay for the choice among at most [2^a]. *)
Lemma sum_half_power (F : finType) a : (#|F| <= 2 ^ a)%N -> \sum_(f : F) half_power a <= 1.
Proof.
move=> Fa; rewrite sumr_const -(mulr_natl (half_power a)) ler_pdivr_mulr ?exprn_gt0 ?ltr0Sn //.
by rewrite mul1r -natrX ler_nat.
Qed.

(** The format is one of at most [2^a], each of which is a prefix-free code: [a] bits more for each
    word. *)
Theorem kraft_formats (F : finType) (C : F -> word -> Prop) a :
  (#|F| <= 2 ^ a)%N -> (forall f, prefix_free (C f)) ->
  subprobability (fun x : F * word => C x.1 x.2) (fun x => half_power (a + size x.2)).
Proof.
move=> Fa free; have [p0 p1] := choice_prior (fun f => kraft (free f))
  (fun=> half_power_ge0 a) (sum_half_power Fa).
split=> [x|r unique rC]; first exact: half_power_ge0.
by apply: le_trans (p1 r unique rC); apply: ler_sum => x _; rewrite half_powerD.
Qed.

(** Bits that differ from format to format: [charge f] for the words of [f], which have a Kraft sum
    of at most [m f] (for instance because they all begin with the same bits). What is needed is
    [sum_f 2^-(charge f) * m f <= 1]. *)
Theorem kraft_versions (F : finType) (C : F -> word -> Prop) (m : F -> R) (charge : F -> nat) :
  (forall f, sum_at_most (m f) (C f) (fun w => half_power (size w))) ->
  \sum_f half_power (charge f) * m f <= 1 ->
  subprobability (fun x : F * word => C x.1 x.2)
                 (fun x => half_power (charge x.1 + size x.2)).
Proof.
move=> sums all; have [p0 p1] := sum_choice sums (fun f => half_power_ge0 (charge f)).
split=> [x|r unique rC]; first exact: half_power_ge0.
apply: le_trans all; apply: le_trans (p1 r unique rC).
by apply: ler_sum => x _; rewrite half_powerD.
Qed.

(** The sums at the end of proofs/design.md. Formats [f] are of versions, [version f]; the files of
    one version share its first symbols, which leave a Kraft sum of at most [m v] for all that can
    follow them in any format, and these sums are at most 1 together. Of version [v] at most
    [2^(charge v)] formats could have come out. Then [charge v] bits pay for the design of version
    [v], although later versions are charged more. *)
Theorem kraft_design (V F : finType) (version : F -> V) (C : F -> word -> Prop) (m : V -> R)
    (charge : V -> nat) :
  (forall v, #|[set f | version f == v]| <= 2 ^ charge v)%N ->
  (forall f, sum_at_most (m (version f)) (C f) (fun w => half_power (size w))) ->
  (forall v, 0 <= m v) -> \sum_v m v <= 1 ->
  subprobability (fun x : F * word => C x.1 x.2)
                 (fun x => half_power (charge (version x.1) + size x.2)).
Proof.
move=> few sums m0 all; apply: (@kraft_versions _ _ (m \o version) (charge \o version)) => //.
apply: le_trans all; rewrite (partition_big version xpredT) //=; apply: ler_sum => v _.
rewrite (eq_bigr (fun=> half_power (charge v) * m v)) => [|f /eqP -> //].
rewrite sumr_const -(mulr_natl (_ * _)) mulrA ler_pimull // -cardsE.
rewrite ler_pdivr_mulr ?exprn_gt0 ?ltr0Sn // mul1r -natrX ler_nat; exact: few.
Qed.

(** ** Readers of bits *)

Section BitReaders.

(** A reader gives a value and what is left, or refuses. It is self-delimiting if it looks only at
    what it consumes. *)
Definition bit_reader (A : Type) : Type := word -> option (A * word).

Definition self_delimiting (A : Type) (d : bit_reader A) : Prop :=
  forall w a rest, d w = Some (a, rest) ->
  exists2 used, w = used ++ rest & forall more, d (used ++ more) = Some (a, more).

(** The words that a reader consumes to their end. *)
Definition consumed (A : Type) (d : bit_reader A) (w : word) : Prop :=
  exists a, d w = Some (a, [::]).

Theorem consumed_prefix_free (A : Type) (d : bit_reader A) :
  self_delimiting d -> prefix_free (consumed d).
Proof.
move=> self v w [a da] [b db] /prefixP[u wE].
have [used vE /(_ u)] := self _ _ _ da.
rewrite cats0 in vE; rewrite -vE -wE db => -[_ u0].
by rewrite wE -u0 cats0.
Qed.

(** One after the other, the second depending on what the first has read. *)
Definition then_read (A B : Type) (d : bit_reader A) (e : A -> bit_reader B) : bit_reader B :=
  fun w => if d w is Some (a, rest) then e a rest else None.

Lemma then_read_self_delimiting (A B : Type) (d : bit_reader A) (e : A -> bit_reader B) :
  self_delimiting d -> (forall a, self_delimiting (e a)) -> self_delimiting (then_read d e).
Proof.
move=> selfd selfe w b rest; rewrite /then_read.
case dw: (d w) => [[a left]|] // ew.
have [u -> du] := selfd _ _ _ dw; have [v -> ev] := selfe _ _ _ _ ew.
by exists (u ++ v); rewrite ?catA // => more; rewrite -catA du ev.
Qed.

(** Nothing is read; and as many times as a count says. *)
Definition read_nothing (A : Type) (a : A) : bit_reader A := fun w => Some (a, w).

Lemma read_nothing_self_delimiting (A : Type) (a : A) : self_delimiting (read_nothing a).
Proof. by move=> w b rest [<- <-]; exists [::]. Qed.

Fixpoint read_times (A : Type) (d : bit_reader A) (m : nat) : bit_reader (seq A) :=
  if m is l.+1 then
    then_read d (fun a => then_read (read_times d l) (fun r => read_nothing (a :: r)))
  else read_nothing [::].

Lemma read_times_self_delimiting (A : Type) (d : bit_reader A) m :
  self_delimiting d -> self_delimiting (read_times d m).
Proof.
move=> self; elim: m => [|m IH] /=; first exact: read_nothing_self_delimiting.
apply: then_read_self_delimiting => // a; apply: then_read_self_delimiting => // r.
exact: read_nothing_self_delimiting.
Qed.

End BitReaders.

(** ** A decoder that encodes again

    [dec] reads a file from the front of a string; [enc] writes the file of what was read. A file is
    accepted if writing gives the same file again. If what was written is read the same whatever
    follows it, accepted files are prefix-free. *)
Theorem canonical_prefix_free (A : Type) (dec : word -> option A) (enc : A -> word) :
  (forall a, dec (enc a) = Some a -> forall rest, dec (enc a ++ rest) = Some a) ->
  prefix_free (fun w => exists a, dec w = Some a /\ enc a = w).
Proof.
move=> follows v w [a [dv vE]] [b [dw wE]] /prefixP[u uE].
have da : dec (enc a) = Some a by rewrite vE.
by have := follows a da u; rewrite vE -uE dw => -[ba]; rewrite -vE -wE ba.
Qed.
