(** * Examples that were not used (proofs/held_out.md)

    - [clopper_pearson]: one classifier, fixed before the examples: Occam's bound for one word of no
      bits.
    - [held_out]: the classifier is any function of other data that are independent of the held-out
      examples.
    - [prior_from_part]: the prior itself is any function of the first examples, and the bound
      counts the others.
    - [certified_held_out]: the held-out figure of a certificate, from its numbers. *)

From Coq Require Import Reals.
From mathcomp Require Import all_ssreflect ssralg ssrnum.
From mathcomp.classical Require Import boolp.
From mathcomp.analysis Require Import Rstruct.
From Nonvacuous Require Import RealArith Finite Binomial Code Occam Certificate.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section HeldOut.
Variables (Z : finType) (P : law Z) (n : nat) (delta : R).
Hypothesis delta0 : 0 <= delta.

Theorem clopper_pearson (err : pred Z) :
  1 - delta <= Pr (iid P n) [pred s |
    `[< forall p, 0 <= p -> tail n (errors err s) p < delta -> risk P err < p >]].
Proof.
have one : prefix_free (eq [::]) by move=> v w <- <-.
apply: le_trans (occam P n (fun=> err) one delta0) _; apply: Pr_mono => s /= /asboolP good.
apply/asboolP => p p0 small; apply: (good [::]) => //.
by rewrite half_power0 mulr1.
Qed.

(** [T] is what the classifier was made from, [x.1]; [x.2] are the held-out examples. *)
Theorem held_out (T : finType) (Q : law T) (err : T -> pred Z) :
  1 - delta <= Pr (independent Q (iid P n)) [pred x |
    `[< forall p, 0 <= p -> tail n (errors (err x.1) x.2) p < delta ->
        risk P (err x.1) < p >]].
Proof. by apply: Pr_chain_ge => t; exact: (clopper_pearson (err t)). Qed.

(** [m] examples make the prior, [n] others are counted. *)
Theorem prior_from_part (m : nat) (I : eqType) (C : I -> Prop) (err : I -> pred Z)
    (prior : sample m Z -> I -> R) :
  (forall first, subprobability C (prior first)) ->
  1 - delta <= Pr (independent (iid P m) (iid P n)) [pred x |
    `[< forall i, C i -> forall p, 0 <= p ->
        tail n (errors (err i) x.2) p < delta * prior x.1 i -> risk P (err i) < p >]].
Proof.
move=> sub; apply: Pr_chain_ge => first.
exact: (occam_prior_bound P n err (sub first) delta0).
Qed.

End HeldOut.

(** [n] held-out examples, at most [k] errors, and the whole tail at [num / den]. *)
Theorem certified_held_out (n k num den dn dd : N) :
  check_exact n k 0 num den dn dd = true ->
  forall (Z : finType) (P : law Z) (T : finType) (Q : law T) (err : T -> pred Z),
  1 - ratio dn dd <= Pr (independent Q (iid P n))
    [pred x | (errors (err x.1) x.2 <= k)%N ==> (risk P (err x.1) < ratio num den)].
Proof.
move=> /check_exact_tail[p01 small] Z P T Q err.
apply: le_trans (held_out P n (ratio_ge0 dn dd) Q err) _; apply: Pr_mono => x /= /asboolP good.
apply/implyP => few; apply: good; first by case/andP: p01.
by apply: le_lt_trans (tail_errors_mono _ p01 few) _; rewrite half_power0 mulr1 in small.
Qed.
