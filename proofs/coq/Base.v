(** * Relative to a base (proofs/base.md)

    A file may be relative to another network, the base, which the decoder holds. [T] is the set of
    what the base, or a list of candidates for it, may be, with any law [Q] that is independent of
    the sample. For each base the files are a prefix-free code, of which everything may depend on
    the base: which files there are and what they mean. Occam's bound holds with their lengths
    alone ([base]). If the base is one of [M] candidates, and which it is was chosen with the sample
    in view, [c] bits with [M <= 2^c] are charged ([base_choice]). Formats and candidates are
    charged together in [base_formats], and the certificate is [certified_base], from the numbers
    [certified_base_check].

    What is assumed is the independence: that the law of base and sample together is
    [independent Q (iid P n)]. *)

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

Section Base.
Variables (Z : finType) (P : law Z) (n : nat) (T : finType) (Q : law T).
Variables (delta : R).
Hypothesis delta0 : 0 <= delta.

(** [x.1] is the base, or all candidates; [x.2] the sample. *)
Theorem base_formats (F : finType) (a : nat) (C : T -> F -> word -> Prop)
    (err : T -> F -> word -> pred Z) :
  (#|F| <= 2 ^ a)%N -> (forall b f, prefix_free (C b f)) ->
  1 - delta <= Pr (independent Q (iid P n)) [pred x |
    `[< forall f w, C x.1 f w -> forall p, 0 <= p ->
        tail n (errors (err x.1 f w) x.2) p < delta * half_power (a + size w) ->
        risk P (err x.1 f w) < p >]].
Proof.
by move=> Fa free; apply: Pr_chain_ge => b; exact: (occam_formats P n (err b) Fa (free b) delta0).
Qed.

Theorem base (C : T -> word -> Prop) (err : T -> word -> pred Z) :
  (forall b, prefix_free (C b)) ->
  1 - delta <= Pr (independent Q (iid P n)) [pred x |
    `[< forall w, C x.1 w -> forall p, 0 <= p ->
        tail n (errors (err x.1 w) x.2) p < delta * half_power (size w) ->
        risk P (err x.1 w) < p >]].
Proof.
by move=> free; apply: Pr_chain_ge => b; exact: (occam P n (err b) (free b) delta0).
Qed.

(** [M] candidates, of which the [i]-th was chosen with the sample in view. *)
Theorem base_choice (M c : nat) (C : T -> 'I_M -> word -> Prop)
    (err : T -> 'I_M -> word -> pred Z) :
  (M <= 2 ^ c)%N -> (forall b i, prefix_free (C b i)) ->
  1 - delta <= Pr (independent Q (iid P n)) [pred x |
    `[< forall i w, C x.1 i w -> forall p, 0 <= p ->
        tail n (errors (err x.1 i w) x.2) p < delta * half_power (c + size w) ->
        risk P (err x.1 i w) < p >]].
Proof. by rewrite -{1}(card_ord M); exact: base_formats. Qed.

End Base.

(** The certificate of a file relative to a base: [F] are the pairs of a format and the number of a
    candidate, at most [2^charge]. *)
Theorem certified_base n k file charge (p delta : R) :
  0 <= p <= 1 -> 0 <= delta -> tail n k p < delta * half_power (file + charge) ->
  forall (Z : finType) (P : law Z) (T : finType) (Q : law T) (F : finType)
         (C : T -> F -> word -> Prop) (err : T -> F -> word -> pred Z),
  (#|F| <= 2 ^ charge)%N -> (forall b f, prefix_free (C b f)) ->
  1 - delta <= Pr (independent Q (iid P n)) [pred x |
    `[< forall f w, C x.1 f w -> (size w <= file)%N -> (errors (err x.1 f w) x.2 <= k)%N ->
        risk P (err x.1 f w) < p >]].
Proof.
move=> p01 delta0 small Z P T Q F C err Fcharge free; apply: Pr_chain_ge => b.
exact: (certified_files p01 delta0 small P (err b) Fcharge (free b)).
Qed.

(** From the numbers: [design] bits for the formats, [pick] bits for which of [M] candidates. *)
Theorem certified_base_check (n k file design pick num den dn dd : N) :
  check n k (file + (design + pick)) num den dn dd = true ->
  forall (Z : finType) (P : law Z) (T : finType) (Q : law T) (F : finType) (M : nat)
         (C : T -> F * 'I_M -> word -> Prop) (err : T -> F * 'I_M -> word -> pred Z),
  (#|F| <= 2 ^ design)%N -> (M <= 2 ^ pick)%N -> (forall b f, prefix_free (C b f)) ->
  1 - ratio dn dd <= Pr (independent Q (iid P n)) [pred x |
    `[< forall f w, C x.1 f w -> (size w <= file)%N -> (errors (err x.1 f w) x.2 <= k)%N ->
        risk P (err x.1 f w) < ratio num den >]].
Proof.
move=> ok Z P T Q F M C err Fdesign Mpick free.
apply: (certified_base (check_ratio ok) (ratio_ge0 dn dd) _ P Q err _ free).
  by have := check_tail ok; rewrite (nat_of_add_bin file); exact.
by rewrite card_prod card_ord nat_of_add_bin expnD leq_mul.
Qed.
