(** * Tactics

    mathcomp's operations on Coq's real numbers are Coq's own operations under other names. The
    tactics here change the names, so that Coq's [ring] and [lra] can be used: [real_ring] for
    equations, [real_lra] for linear inequalities between numbers. Nothing is proved here. *)

From Coq Require Import Reals Lra.
From mathcomp Require Import all_ssreflect ssralg ssrnum.
From mathcomp.analysis Require Import Rstruct.

Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Ltac to_coq_operations :=
  change (@GRing.add _) with Rplus in *;
  change (@GRing.opp _) with Ropp in *;
  change (@GRing.mul _) with Rmult in *;
  change (GRing.one _) with R1 in *;
  change (GRing.zero _) with R0 in *.

Ltac to_coq_inequalities :=
  repeat match goal with
  | H : is_true (_ && _) |- _ => case/andP: H => ? ?
  | H : is_true (Order.le _ _) |- _ => move/RleP in H
  | H : is_true (Order.lt _ _) |- _ => move/RltP in H
  end;
  match goal with
  | |- is_true (Order.le _ _) => apply/RleP
  | |- is_true (Order.lt _ _) => apply/RltP
  | |- @eq _ ?a ?b => change (@eq R a b)
  | |- _ => idtac
  end.

Ltac real_ring :=
  to_coq_operations;
  match goal with |- @eq _ ?a ?b => change (@eq R a b) end;
  ring.

Ltac real_lra := to_coq_inequalities; to_coq_operations; lra.

(** That they work. *)
Goal forall p q a b : R, (1 - p) * a + p * b - ((1 - q) * a + q * b) = (q - p) * (a - b).
Proof. by move=> p q a b; real_ring. Qed.

Goal forall p q : R, 0 <= p -> p <= q -> q + q < 1 -> p + q < 1.
Proof. by move=> p q p0 pq q1; real_lra. Qed.
