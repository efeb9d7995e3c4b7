(** * Occam's bound, with the exact binomial tail

    [n] examples are drawn independently by any law on any finite set. [C] is a set of descriptions
    of classifiers, [prior] a prior on it of sum at most 1, both fixed before the sample. With
    probability at least [1 - delta], for all descriptions at once: where the tail of the number of
    errors at [p] is below [delta * prior], the risk is below [p] ([occam_prior_bound]).

    For words of a prefix-free code, [2^-length] is such a prior ([occam]). Where a file was made in
    a format that is one of at most [2^a], [a] bits more are charged ([occam_formats]). Nothing is
    assumed of how a word was found; [occam_learner] says so in other words: whatever function of
    the sample the word is.

    The set [C] may be infinite. An event that speaks of all of it is written [`[< ... >]]: the
    boolean that is true where the proposition is. *)

From Coq Require Import Reals.
From mathcomp Require Import all_ssreflect ssralg ssrnum.
From mathcomp.classical Require Import boolp.
From mathcomp.analysis Require Import Rstruct.
From Nonvacuous Require Import RealArith Finite Binomial Code.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(** ** Any prior *)

Section Prior.
Variables (Z : finType) (P : law Z) (n : nat).
Variables (I : eqType) (C : I -> Prop) (prior : I -> R) (err : I -> pred Z).
Hypothesis prior_sum : subprobability C prior.
Variables (delta : R).
Hypothesis delta0 : 0 <= delta.

(** The tail of [i]'s errors, at [i]'s risk, is below what is allowed for [i]. *)
Definition fails (i : I) (s : sample n Z) : bool :=
  tail n (errors (err i) s) (risk P (err i)) < delta * prior i.

(** The union bound over finitely many descriptions. *)
Theorem occam_list (r : seq I) : uniq r -> (forall i, i \in r -> C i) ->
  Pr (iid P n) [pred s | has (fun i => fails i s) r] <= delta.
Proof.
move=> unique rC; apply: le_trans (union_bound (iid P n) r fails) _.
apply: (@le_trans _ _ (delta * \sum_(i <- r) prior i)).
  by rewrite mulr_sumr; apply: ler_sum => i _; apply: Pr_tail_lt; rewrite mulr_ge0 ?prior_sum.1.
by rewrite ler_pimulr // prior_sum.2.
Qed.

(** Any way of choosing a description with the sample in view. *)
Theorem occam_learner_fails (learn : sample n Z -> I) : (forall s, C (learn s)) ->
  Pr (iid P n) [pred s | fails (learn s) s] <= delta.
Proof.
move=> learnC; pose r := undup [seq learn s | s <- enum [finType of sample n Z]].
apply: le_trans (occam_list (undup_uniq _ : uniq r) _); last first.
  by move=> i; rewrite mem_undup => /mapP[s _ ->].
apply: Pr_mono => s /= bad; apply/hasP; exists (learn s) => //.
by rewrite mem_undup; apply/mapP; exists s; rewrite ?mem_enum.
Qed.

(** All descriptions at once, be they infinitely many. *)
Theorem occam_prior :
  1 - delta <= Pr (iid P n) [pred s |
    `[< forall i, C i -> delta * prior i <= tail n (errors (err i) s) (risk P (err i)) >]].
Proof.
apply: Pr_holds.
have [[i0 Ci0]|none] := pselect (exists i, C i); last first.
  rewrite (eq_Pr _ (B := pred0)) ?Pr_false // => s /=; apply/negbTE; rewrite negbK.
  by apply/asboolP => i Ci; case: none; exists i.
have witness s : exists i, C i /\ ((exists j, C j /\ fails j s) -> fails i s).
  have [[j [Cj bad]]|good] := pselect (exists j, C j /\ fails j s); first by exists j.
  by exists i0.
have [learn learnP] := choice witness.
apply: le_trans (occam_learner_fails (fun s => (learnP s).1)).
apply: Pr_mono => s /= /asboolPn /existsNP[j /not_implyP[Cj /negP bad]].
by apply: (learnP s).2; exists j; rewrite /fails ltNge.
Qed.

(** What a certificate uses: any [p] with a small enough tail is above the risk. *)
Theorem occam_prior_bound :
  1 - delta <= Pr (iid P n) [pred s |
    `[< forall i, C i -> forall p, 0 <= p ->
        tail n (errors (err i) s) p < delta * prior i -> risk P (err i) < p >]].
Proof.
apply: le_trans occam_prior _; apply: Pr_mono => s /= /asboolP good.
by apply/asboolP => i /good large p p0 small; exact: risk_lt large.
Qed.

End Prior.

(** ** A prefix-free code *)

Section PrefixFree.
Variables (Z : finType) (P : law Z) (n : nat).

(** [err w z]: the network that the word [w] decodes to is wrong on the example [z]. *)
Variables (C : word -> Prop) (err : word -> pred Z).
Hypothesis C_prefix_free : prefix_free C.
Variables (delta : R).
Hypothesis delta0 : 0 <= delta.

(** Occam's bound (proofs/occam.md). *)
Theorem occam :
  1 - delta <= Pr (iid P n) [pred s |
    `[< forall w, C w -> forall p, 0 <= p ->
        tail n (errors (err w) s) p < delta * half_power (size w) -> risk P (err w) < p >]].
Proof. exact: (occam_prior_bound P n err (kraft C_prefix_free) delta0). Qed.

(** The same, said of finitely many words, and of the failure. *)
Theorem occam_finite (code : seq word) : uniq code -> (forall w, w \in code -> C w) ->
  Pr (iid P n) [pred s | has (fun w =>
    tail n (errors (err w) s) (risk P (err w)) < delta * half_power (size w)) code] <= delta.
Proof. exact: (occam_list P n err (kraft C_prefix_free) delta0). Qed.

(** The same, said of an algorithm [learn] that makes a word from the sample, and of an upper bound
    [p] that is computed from both. *)
Theorem occam_learner (learn : sample n Z -> word) (p : sample n Z -> R) :
  (forall s, C (learn s)) -> (forall s, 0 <= p s) ->
  (forall s, tail n (errors (err (learn s)) s) (p s) < delta * half_power (size (learn s))) ->
  1 - delta <= Pr (iid P n) [pred s | risk P (err (learn s)) < p s].
Proof.
move=> learnC p0 small; apply: le_trans occam _; apply: Pr_mono => s /= /asboolP; exact.
Qed.

End PrefixFree.

(** ** The allowance for the design of the format (proofs/design.md)

    [F] is the family of the formats that could have come out of a process that looked at the data,
    whatever these had said; [C f] is the code of the format [f], [err f w] what the word [w] means
    in it. There are at most [2^a] of them: that is the assumption for which [a] bits are charged.
    The bound holds for all words of all formats at once, hence for the format that did come out. *)
Theorem occam_formats (Z : finType) (P : law Z) (n : nat) (F : finType) (a : nat)
    (C : F -> word -> Prop) (err : F -> word -> pred Z) (delta : R) :
  (#|F| <= 2 ^ a)%N -> (forall f, prefix_free (C f)) -> 0 <= delta ->
  1 - delta <= Pr (iid P n) [pred s |
    `[< forall f w, C f w -> forall p, 0 <= p ->
        tail n (errors (err f w) s) p < delta * half_power (a + size w) ->
        risk P (err f w) < p >]].
Proof.
move=> Fa free delta0.
apply: le_trans (occam_prior_bound P n (fun x => err x.1 x.2) (kraft_formats Fa free) delta0) _.
by apply: Pr_mono => s /= /asboolP good; apply/asboolP => f w; exact: (good (f, w)).
Qed.

(** Versions of which some are charged more than others: files of version 3 and 4 begin with symbols
    that are seldom, and that pays for their larger families (the sums at the end of design.md). *)
Theorem occam_versions (Z : finType) (P : law Z) (n : nat) (F : finType)
    (C : F -> word -> Prop) (m : F -> R) (charge : F -> nat) (err : F -> word -> pred Z)
    (delta : R) :
  (forall f, sum_at_most (m f) (C f) (fun w => half_power (size w))) ->
  \sum_f half_power (charge f) * m f <= 1 -> 0 <= delta ->
  1 - delta <= Pr (iid P n) [pred s |
    `[< forall f w, C f w -> forall p, 0 <= p ->
        tail n (errors (err f w) s) p < delta * half_power (charge f + size w) ->
        risk P (err f w) < p >]].
Proof.
move=> sums all delta0.
apply: le_trans
  (occam_prior_bound P n (fun x => err x.1 x.2) (kraft_versions sums all) delta0) _.
by apply: Pr_mono => s /= /asboolP good; apply/asboolP => f w; exact: (good (f, w)).
Qed.
