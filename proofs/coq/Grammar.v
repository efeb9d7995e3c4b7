(** * Why no model file is the beginning of another one (docs/format.md, sections 1 and 2)

    A file is one stream of an arithmetic coder. A decoder is a program that asks for one symbol
    after the other; the table by which it asks may depend on all that it has read (a [reader]).
    Readers are composed: one after another ([bind]), one for each of a list ([each]). Symbols
    narrow an interval of real numbers, with the whole-number arithmetic of section 2 ([narrow]). A
    file, as a binary fraction with anything behind it, lies in the interval of its symbols: that is
    how the encoder ends ([ends]). It is the only file of these symbols, because a decoder encodes
    again what it has read and refuses all other bytes ([file_of]).

    Proved here: whatever the reader, such files are prefix-free as bit strings
    ([prefix_free_files]), hence the files that a version, then an architecture, then tensors
    compose to ([nvc_prefix_free]), and Kraft's inequality holds for them ([nvc_kraft]). Files that
    begin with the same symbols have a Kraft sum of at most the length of these symbols' interval
    ([header_mass]).

    What stays an assumption is that the program is such a reader with such an end: the tests that
    encode again, and the second decoder that was written from the page alone, are about that. *)

From Coq Require Import Reals Lra.
From mathcomp Require Import all_ssreflect ssralg ssrnum.
From mathcomp.analysis Require Import Rstruct.
From Nonvacuous Require Import RealArith Finite Code.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(** ** Bit strings as binary fractions *)

(** The whole number with these binary digits, the highest first. *)
Fixpoint number (w : word) : nat :=
  if w is b :: v then (b * 2 ^ size v + number v)%N else 0.

(** [x] is a number between 0 and 1 whose binary digits begin with [w]. *)
Definition begins (w : word) (x : R) : Prop :=
  (number w)%:R <= x * 2%:R ^+ size w < (number w).+1%:R.

Lemma number_lt w : (number w < 2 ^ size w)%N.
Proof.
elim: w => //= b w IH; rewrite expnS mul2n -addnn.
by case: b; rewrite /= ?mul1n ?mul0n ?ltn_add2l // ltn_addl.
Qed.

Lemma number_cat v w : number (v ++ w) = (number v * 2 ^ size w + number w)%N.
Proof. by elim: v => //= b v ->; rewrite size_cat expnD mulnDl -mulnA addnA. Qed.

Lemma power_gt0 m : 0 < 2%:R ^+ m :> R.
Proof. by rewrite exprn_gt0 ?ltr0Sn. Qed.

Lemma begins_prefix v w x : prefix v w -> begins w x -> begins v x.
Proof.
case/prefixP=> u ->; rewrite /begins number_cat size_cat exprD mulrA => /andP[above below].
rewrite -(ler_pmul2r (power_gt0 (size u))) -(ltr_pmul2r (power_gt0 (size u))).
have scaled m : m%:R * 2%:R ^+ size u = (m * 2 ^ size u)%:R :> R by rewrite natrM natrX.
rewrite !scaled; apply/andP; split; first by apply: le_trans above; rewrite ler_nat leq_addr.
by apply: lt_le_trans below _; rewrite ler_nat mulSn addnC -addSn leq_add2r number_lt.
Qed.

Lemma begins_exists w : exists x, begins w x.
Proof.
exists ((number w)%:R / 2%:R ^+ size w).
by rewrite /begins divfK ?gt_eqF ?power_gt0 // lexx ltr_nat ltnSn.
Qed.

(** ** Kraft's inequality in an interval *)

(** The interval of the numbers that begin with [w]. *)
Definition lowest (w : word) : R := (number w)%:R * half_power (size w).
Definition highest (w : word) : R := (number w).+1%:R * half_power (size w).

Lemma half_power_cancel l : 2%:R ^+ l * half_power l = 1.
Proof. by rewrite /half_power mulfV // gt_eqF // exprn_gt0 ?ltr0Sn. Qed.

Lemma number_cons (b : bool) (w : word) m :
  (b * 2 ^ size w + m)%N%:R * half_power (size w).+1 =
  half_power 1 * (b%:R + m%:R * half_power (size w)).
Proof.
rewrite natrD natrM natrX (half_powerD 1 (size w)).
have := half_power_cancel (size w).
move: (half_power 1) (half_power (size w)) (2%:R ^+ size w) (b%:R) (m%:R) => h H E c k EH.
by transitivity (h * (c * (E * H) + k * H)); [real_ring | rewrite EH mulr1].
Qed.

Lemma lowest_cons b w : lowest (b :: w) = half_power 1 * (b%:R + lowest w).
Proof. exact: number_cons. Qed.

Lemma highest_cons b w : highest (b :: w) = half_power 1 * (b%:R + highest w).
Proof. by rewrite /highest -number_cons addnS. Qed.

Lemma lowest_ge0 w : 0 <= lowest w.
Proof. by rewrite mulr_ge0 ?ler0n ?half_power_ge0. Qed.

Lemma highest_le1 w : highest w <= 1.
Proof.
by rewrite ler_pdivr_mulr ?exprn_gt0 ?ltr0Sn // mul1r -natrX ler_nat number_lt.
Qed.

(** Kraft's inequality in an interval: prefix-free words between [a] and [b] have a sum of at most
    [b - a]. *)
Lemma kraft_between (code : seq word) (a b : R) :
  uniq code -> {in code &, forall v w, prefix v w -> v = w} ->
  (forall w, w \in code -> a <= lowest w /\ highest w <= b) ->
  0 <= a -> a <= b -> b <= 1 ->
  \sum_(w <- code) half_power (size w) <= b - a.
Proof.
have [N short] : exists N, {in code, forall w, size w <= N}%N.
  exists (\max_(w <- code) size w)%N => w wC; exact: leq_bigmax_seq.
have half2 : half_power 1 + half_power 1 = 1 by rewrite half_power_twice half_power0.
set h := half_power 1 in half2.
have with_empty (r : seq word) (c d : R) : uniq r -> {in r, forall w, w = [::]} -> c <= d ->
    (forall w, w \in r -> c <= lowest w /\ highest w <= d) ->
    \sum_(w <- r) half_power (size w) <= d - c.
  case: r => [|v [|w r]] unique empty cd inside; first by rewrite big_nil subr_ge0.
    have [] := inside v (mem_head _ _); rewrite big_seq1 (empty v) ?mem_head //.
    rewrite /lowest /highest /= half_power0 mul0r mul1r => c0 d1.
    by rewrite ler_subr_addr; real_lra.
  move: unique; rewrite /= inE (empty v) ?mem_head // (empty w) ?eqxx //.
  by rewrite inE mem_head orbT.
elim: N code short a b => [|N IH] code short a b unique free inside a0 ab b1.
  by apply: with_empty => // w /short; rewrite leqn0 => /nilP.
have [empty|nonempty] := boolP ([::] \in code).
  by apply: with_empty => // w wC; rewrite -(free [::] w) ?prefix0s.
have part e c d : 0 <= c -> c <= d -> d <= 1 ->
    (forall w, e :: w \in code -> c <= lowest w /\ highest w <= d) ->
    \sum_(w <- words_after e code) half_power (size w) <= d - c.
  move=> c0 cd d1 ins; apply: IH => // [w||v w|w]; rewrite ?mem_words_after.
  - by move/short.
  - exact: words_after_uniq.
  - move=> vC wC vw; have [] // : e :: v = e :: w.
    by apply: free; rewrite // prefix_cons eqxx.
  - exact: ins.
have double y : h * y + h * y = y by rewrite -mulrDl half2 mul1r.
rewrite (sum_by_first_bit nonempty) -/h.
set sum1 := \sum_(w <- words_after true code) _; set sum0 := \sum_(w <- words_after false code) _.
have ends e w : e :: w \in code ->
    [/\ a + a <= (if e then 1 else 0) + lowest w, (if e then 1 else 0) + highest w <= b + b,
        0 <= lowest w & highest w <= 1].
  have <- : e%:R = (if e then 1 else 0) :> R by case: e.
  move=> /inside[]; rewrite lowest_cons highest_cons -/h => al hb.
  split; rewrite ?lowest_ge0 ?highest_le1 //.
    by rewrite -[X in _ <= X]double ler_add.
  by rewrite -[X in X <= _]double ler_add.
have sums := double (sum1 + sum0); set sum := h * _ in sums *.
have [ah|ha] := leP a h; have [bh|hb] := leP b h.
- have s0 : sum0 <= (b + b) - (a + a).
    by apply: part; try real_lra; move=> w /ends[/=]; rewrite !add0r; split; real_lra.
  have s1 : sum1 <= 0 - 0.
    by apply: part; try real_lra; move=> w /ends[/=] *; split; real_lra.
  by real_lra.
- have s0 : sum0 <= 1 - (a + a).
    by apply: part; try real_lra; move=> w /ends[/=]; rewrite !add0r; split; real_lra.
  have s1 : sum1 <= (b + b - 1) - 0.
    by apply: part; try real_lra; move=> w /ends[/=] *; split; real_lra.
  by real_lra.
- by exfalso; real_lra.
- have s0 : sum0 <= 1 - 1.
    by apply: part; try real_lra; move=> w /ends[/=]; rewrite !add0r; split; real_lra.
  have s1 : sum1 <= (b + b - 1) - (a + a - 1).
    by apply: part; try real_lra; move=> w /ends[/=] *; split; real_lra.
  by real_lra.
Qed.

(** ** The arithmetic coder

    [precision] and [word_bits] are 20 and 32 in the format. *)

Section Coder.
Variables (precision word_bits : nat).

(** The interval [[low, low + range)], in units of [2^-(2 word_bits + word_bits * shifts)]. [low]
    is kept exactly. *)
Record state := State { low : nat; range : nat; shifts : nat }.

Definition exponent (j : nat) : nat := (2 * word_bits + word_bits * j)%N.

Definition within (st : state) (x : R) : Prop :=
  (low st)%:R <= x * 2%:R ^+ exponent (shifts st) < (low st + range st)%:R.

(** A symbol with the interval [[start, start + width)] of [[0, 2^precision)]. *)
Definition narrow (st : state) (start width : nat) : state :=
  let scale := (range st %/ 2 ^ precision)%N in
  let l := (low st + scale * start)%N in
  let r := (scale * width)%N in
  if (r < 2 ^ word_bits)%N
  then State (l * 2 ^ word_bits) (r * 2 ^ word_bits) (shifts st).+1
  else State l r (shifts st).

Lemma within_shift l r j x :
  within (State (l * 2 ^ word_bits) (r * 2 ^ word_bits) j.+1) x <-> within (State l r j) x.
Proof.
rewrite /within /= -mulnDl !natrM !natrX.
have -> : exponent j.+1 = (exponent j + word_bits)%N by rewrite /exponent mulnS addnCA addnC.
by rewrite exprD mulrA ler_pmul2r ?ltr_pmul2r ?power_gt0.
Qed.

Lemma within_narrow st a b x : within (narrow st a b) x <->
  within (State (low st + range st %/ 2 ^ precision * a) (range st %/ 2 ^ precision * b)
                (shifts st)) x.
Proof. by rewrite /narrow; case: ifP => _ //; exact: within_shift. Qed.

(** Symbols' intervals lie in [[0, 2^precision)] and apart from each other. *)
Record table := Table {
  start : nat -> nat;
  width : nat -> nat;
  fits : forall s, (start s + width s <= 2 ^ precision)%N;
  apart : forall s t, s != t ->
    (start s + width s <= start t)%N \/ (start t + width t <= start s)%N
}.

Lemma within_nested st t s x : within (narrow st (start t s) (width t s)) x -> within st x.
Proof.
move/within_narrow=> /andP[/= above below]; apply/andP; split.
  by apply: le_trans above; rewrite ler_nat leq_addr.
apply: lt_le_trans below _; rewrite ler_nat -addnA leq_add2l -mulnDr.
by apply: leq_trans (leq_trunc_div _ (2 ^ precision)); rewrite leq_mul2l fits orbT.
Qed.

Lemma within_apart st t s s' x :
  within (narrow st (start t s) (width t s)) x ->
  within (narrow st (start t s') (width t s')) x -> s = s'.
Proof.
move=> /within_narrow/andP[/= above below] /within_narrow/andP[/= above' below'].
pose scale := (range st %/ 2 ^ precision)%N; pose y := x * 2%:R ^+ exponent (shifts st).
have no a b c : (a + b <= c)%N -> (low st + scale * c)%:R <= y ->
    y < (low st + scale * a + scale * b)%:R -> False.
  move=> abc large small; have := le_lt_trans large small.
  by rewrite ltr_nat -addnA ltn_add2l -mulnDr ltn_mul2l [(c < _)%N]ltnNge abc andbF.
by case: (eqVneq s s') => // /(apart t)[] apart_ss'; case: (no _ _ _ apart_ss').
Qed.

(** ** Readers *)

Inductive reader (A : Type) : Type :=
| Return (a : A)
| Ask (t : table) (next : nat -> reader A).

Arguments Return {A} a.
Arguments Ask {A} t next.

(** One reader after the other; the second depends on what the first has read. *)
Fixpoint bind (A B : Type) (r : reader A) (next : A -> reader B) : reader B :=
  match r with
  | Return a => next a
  | Ask t k => Ask t (fun s => bind (k s) next)
  end.

(** One reader for each of a list, such as the tensors of an architecture; [S] is what is passed on
    from one to the next: counts of adaptive tables, the codebook. *)
Fixpoint each (I S A : Type) (one : S -> I -> reader (S * A)) (st : S) (l : seq I) :
    reader (seq A) :=
  if l is i :: rest then
    bind (one st i) (fun sa => bind (each one sa.1 rest) (fun more => Return (sa.2 :: more)))
  else Return [::].

(** What is read from these symbols, and the state of the coder behind them. *)
Fixpoint run (A : Type) (r : reader A) (st : state) (symbols : seq nat) : option (A * state) :=
  match r, symbols with
  | Return a, [::] => Some (a, st)
  | Ask t next, s :: rest => run (next s) (narrow st (start t s) (width t s)) rest
  | _, _ => None
  end.

(** Composition: first the symbols of the first, then those of the second. *)
Lemma run_bind A B (r : reader A) (next : A -> reader B) st u v a st' :
  run r st u = Some (a, st') -> run (bind r next) st (u ++ v) = run (next a) st' v.
Proof.
elim: r st u => [b|t k IH] st [|s u] //=; first by move=> [-> ->].
exact: IH.
Qed.

Lemma run_within A (r : reader A) st symbols a st' x :
  run r st symbols = Some (a, st') -> within st' x -> within st x.
Proof.
elim: r st symbols => [b|t k IH] st [|s u] //=; first by move=> [_ ->].
by move=> /IH in_narrow /in_narrow; exact: within_nested.
Qed.

(** A number lies in the interval of one sequence of symbols at most. *)
Lemma run_unique A (r : reader A) st u v a b st1 st2 x :
  run r st u = Some (a, st1) -> run r st v = Some (b, st2) ->
  within st1 x -> within st2 x -> (a, st1) = (b, st2).
Proof.
elim: r st u v => [c|t k IH] st [|s u] [|s' v] //=.
  by move=> [-> ->] [-> ->].
move=> ru rv in1 in2.
have ss' : s = s' by apply: within_apart (run_within ru in1) (run_within rv in2).
by move: rv; rewrite -ss' => rv; exact: IH ru rv in1 in2.
Qed.

(** ** Files *)

(** Bytes, of eight bits each. *)
Notation byte := (8.-tuple bool).

Definition bits (f : seq byte) : word := flatten [seq tval b | b <- f].

Lemma size_bits f : size (bits f) = (8 * size f)%N.
Proof.
by elim: f => // b f; rewrite /bits /= size_cat size_tuple mulnS => ->.
Qed.

Lemma bits_inj : injective bits.
Proof.
elim=> [|b f IH] [|c g] // fg; try by have := congr1 size fg; rewrite !size_bits.
move/eqP: fg; rewrite /bits /= eqseq_cat ?size_tuple // => /andP[/eqP/val_inj -> /eqP fg].
by rewrite (IH g fg).
Qed.

(** The end: whatever follows the file, the number is in the interval of the symbols. *)
Definition ends (f : seq byte) (st : state) : Prop :=
  forall x, begins (bits f) x -> within st x.

(** [f] is the file of what is read: there are symbols from which [a] is read, and [f] is what an
    encoder writes for them, [finish] of the coder's last state. Other bytes are refused. *)
Definition file_of (A : Type) (r : reader A) (first : state) (finish : state -> seq byte)
    (a : A) (f : seq byte) : Prop :=
  exists symbols st, [/\ run r first symbols = Some (a, st), f = finish st & ends f st].

(** All files, as bit strings. *)
Definition files (A : Type) (r : reader A) (first : state) (finish : state -> seq byte)
    (w : word) : Prop :=
  exists a f, file_of r first finish a f /\ w = bits f.

Theorem prefix_free_files (A : Type) (r : reader A) first finish :
  prefix_free (files r first finish).
Proof.
move=> v w [a [f [[u [st1 [ru -> end1]]] ->]]] [b [g [[u' [st2 [ru' -> end2]]] ->]]] fg.
have [x xg] := begins_exists (bits (finish st2)).
by have [_ ->] := run_unique ru ru' (end1 x (begins_prefix fg xg)) (end2 x xg).
Qed.

(** A file means one thing. *)
Theorem file_of_one (A : Type) (r : reader A) first finish a b f :
  file_of r first finish a f -> file_of r first finish b f -> a = b.
Proof.
move=> [u [st1 [ru _ end1]]] [u' [st2 [ru' _ end2]]].
have [x xf] := begins_exists (bits f).
by have [-> _] := run_unique ru ru' (end1 x xf) (end2 x xf).
Qed.

(** ** How much of Kraft's sum is left behind a header

    Files that begin with the same symbols, after which the coder is in the state [st], have a Kraft
    sum of at most the length of the interval of [st]. So later versions, whose files begin with
    rarer symbols, can be charged more without a loss to the others: [header_mass] is what
    [kraft_design] asks of each format, and [two_versions] that the sums are at most 1 together. *)

Definition length_of (st : state) : R := (range st)%:R * half_power (exponent (shifts st)).

(** The interval ends at 1 or before. *)
Definition proper (st : state) : bool := (low st + range st <= 2 ^ exponent (shifts st))%N.

Lemma scale_le st m : (m <= 2 ^ precision)%N ->
  (range st %/ 2 ^ precision * m <= range st)%N.
Proof.
by move=> mp; apply: leq_trans (leq_trunc_div _ (2 ^ precision)); rewrite leq_mul2l mp orbT.
Qed.

Lemma proper_narrow st t s : proper st -> proper (narrow st (start t s) (width t s)).
Proof.
move=> ok; have inside : (low st + range st %/ 2 ^ precision * start t s +
    range st %/ 2 ^ precision * width t s <= 2 ^ exponent (shifts st))%N.
  by apply: leq_trans ok; rewrite -addnA leq_add2l -mulnDr scale_le ?fits.
rewrite /proper /narrow; case: ifP => _ //=.
have -> : exponent (shifts st).+1 = (exponent (shifts st) + word_bits)%N.
  by rewrite /exponent mulnS addnCA addnC.
by rewrite -mulnDl expnD leq_mul2r inside orbT.
Qed.

Lemma length_ge0 st : 0 <= length_of st.
Proof. by rewrite mulr_ge0 ?ler0n ?half_power_ge0. Qed.

(** If all numbers that begin with [w] lie in the interval of [st], so do its ends. *)
Lemma ends_between w st : (forall x, begins w x -> within st x) ->
  (low st)%:R * half_power (exponent (shifts st)) <= lowest w /\
  highest w <= (low st + range st)%:R * half_power (exponent (shifts st)).
Proof.
set e := exponent (shifts st) => inside; have E0 := power_gt0 e.
have lo : begins w (lowest w).
  by rewrite /begins /lowest divfK ?gt_eqF ?power_gt0 // lexx ltr_nat ltnSn.
have /andP[above below] := inside _ lo; rewrite -/e in above below.
split; first by rewrite ler_pdivr_mulr.
rewrite ler_pdivl_mulr // leNgt; apply/negP => too_long.
pose x := (low st + range st)%:R * half_power e.
have xe : x * 2%:R ^+ e = (low st + range st)%:R by rewrite divfK ?gt_eqF.
have : begins w x.
  rewrite /begins; apply/andP; split.
    rewrite -ler_pdivr_mulr ?power_gt0 // -(ler_pmul2r E0) xe; exact: ltW below.
  by rewrite -ltr_pdivl_mulr ?power_gt0 // -(ltr_pmul2r E0) xe.
by move/inside/andP => [_]; rewrite -/e xe ltxx.
Qed.

Theorem header_mass (A : Type) (r : reader A) st finish : proper st ->
  sum_at_most (length_of st) (files r st finish) (fun w => half_power (size w)).
Proof.
move=> ok; split=> [w|code unique codeF]; first exact: half_power_ge0.
set e := exponent (shifts st).
pose a : R := (low st)%:R * half_power e; pose b : R := (low st + range st)%:R * half_power e.
have -> : length_of st = b - a by rewrite /b natrD mulrDl addrC addKr.
have E0 := power_gt0 e; apply: kraft_between => //.
- by move=> v w /codeF Fv /codeF Fw; exact: prefix_free_files Fv Fw.
- move=> w /codeF[c [f [[u [st' [ru -> ended]]] ->]]]; apply: ends_between => x xf.
  exact: run_within ru (ended x xf).
- by rewrite mulr_ge0 ?ler0n ?half_power_ge0.
- by rewrite ler_wpmul2r ?half_power_ge0 // ler_nat leq_addr.
by rewrite ler_pdivr_mulr // mul1r -natrX ler_nat.
Qed.

Lemma length_narrow st t s : length_of (narrow st (start t s) (width t s)) =
  (range st %/ 2 ^ precision * width t s)%:R * half_power (exponent (shifts st)).
Proof.
rewrite /narrow; case: ifP => _ //; rewrite /length_of /=.
have -> : exponent (shifts st).+1 = (word_bits + exponent (shifts st))%N.
  by rewrite /exponent mulnS addnCA.
by rewrite half_powerD natrM natrX !mulrA -(mulrA _ (2%:R ^+ _)) half_power_cancel mulr1.
Qed.

(** Two symbols of one table share what was there before. *)
Theorem two_versions st t s s' : s != s' ->
  length_of (narrow st (start t s) (width t s)) +
  length_of (narrow st (start t s') (width t s')) <= length_of st.
Proof.
move=> ss'; rewrite !length_narrow -mulrDl ler_wpmul2r ?half_power_ge0 // -natrD ler_nat -mulnDr.
apply: scale_le; case: (apart t ss') => h.
  by apply: leq_trans (fits t s'); rewrite leq_add2r (leq_trans _ h) // leq_addl.
by apply: leq_trans (fits t s); rewrite addnC leq_add2r (leq_trans _ h) // leq_addl.
Qed.

(** ** The model file: the version, then the architecture, then the tensors *)

Section ModelFile.
Variables (Version Architecture Shape Adaptive Tensor : Type).
Variables (version : reader Version) (architecture : Version -> reader Architecture).
Variables (shapes : Architecture -> seq Shape) (fresh : Architecture -> Adaptive).
Variable tensor : Adaptive -> Shape -> reader (Adaptive * Tensor).

Definition nvc : reader (Version * Architecture * seq Tensor) :=
  bind version (fun v =>
  bind (architecture v) (fun a =>
  bind (each tensor (fresh a) (shapes a)) (fun tensors => Return (v, a, tensors)))).

Variables (first : state) (finish : state -> seq byte).

Theorem nvc_prefix_free : prefix_free (files nvc first finish).
Proof. exact: prefix_free_files. Qed.

Theorem nvc_kraft : subprobability (files nvc first finish) (fun w => half_power (size w)).
Proof. exact: kraft nvc_prefix_free. Qed.

End ModelFile.

End Coder.
