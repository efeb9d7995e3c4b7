(** * A certificate relative to a base, as a theorem

    [experiments/certificates/mnist-from-fonts/certificate.json] says: of 60,000 examples 875 are
    errors; the file, relative to a network that was trained on other data, has 1,000 bits; 96 bits
    are charged for the design of its format and 2 for the choice among 4 bases; with probability at
    least 95% the risk is at most 0.042426. [T] is what the four bases may be, with any law [Q];
    that the examples are independent of them is assumed. *)

From Coq Require Import Reals.
From mathcomp Require Import all_ssreflect ssralg ssrnum.
From mathcomp.classical Require Import boolp.
From mathcomp.analysis Require Import Rstruct.
From Nonvacuous Require Import Finite Binomial Code Occam Certificate Base.

Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Lemma tail_holds : check 60000 875 (1000 + (96 + 2)) 42426 1000000 5 100 = true.
Proof. vm_cast_no_check (erefl true). Qed.

Theorem mnist_from_fonts (Z : finType) (P : law Z) (T : finType) (Q : law T) (format : finType)
    (code : T -> format * 'I_4 -> word -> Prop) (wrong : T -> format * 'I_4 -> word -> pred Z) :
  (#|format| <= 2 ^ 96%num)%N ->
  (forall bases f, prefix_free (code bases f)) ->
  1 - ratio 5 100 <= Pr (independent Q (iid P 60000%num)) [pred x |
    `[< forall f file,
          code x.1 f file ->
          (size file <= 1000%num)%N ->
          (errors (wrong x.1 f file) x.2 <= 875%num)%N ->
          risk P (wrong x.1 f file) < ratio 42426 1000000 >]].
Proof.
move=> formats; exact: (certified_base_check tail_holds P Q wrong formats (isT : (4 <= 2 ^ 2)%N)).
Qed.

Print Assumptions mnist_from_fonts.
