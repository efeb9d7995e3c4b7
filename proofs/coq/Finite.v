(** * Finite probability

    Laws on finite types with masses in Coq's real numbers, the probability of an event, the mean
    of a number, the law of [n] independent examples, and the few facts that the bounds need: the
    union bound, Markov's inequality, products over independent examples, marginals, and laws of
    pairs, in which the second part may depend on the first.

    An event is a boolean predicate. Everything is a finite sum; there is no measure theory. *)

From Coq Require Import Reals.
From mathcomp Require Import all_ssreflect ssralg ssrnum.
From mathcomp.analysis Require Import Rstruct.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(** Where a real number is expected, [+] and [<=] are mathcomp's, not those of [Reals]. *)
Bind Scope ring_scope with R.

(** ** Laws, probabilities, means *)

Record law (T : finType) := Law {
  mass :> T -> R;
  mass_ge0 : forall x, 0 <= mass x;
  mass_sum : \sum_x mass x = 1
}.

Definition Pr (T : finType) (P : law T) (A : pred T) : R := \sum_(x | A x) P x.

Definition expect (T : finType) (P : law T) (f : T -> R) : R := \sum_x P x * f x.

Section Probability.
Variables (T : finType) (P : law T).
Implicit Types (A B : pred T) (f g : T -> R).

Lemma Pr_ge0 A : 0 <= Pr P A.
Proof. by apply: sumr_ge0 => x _; exact: mass_ge0. Qed.

Lemma eq_Pr A B : A =1 B -> Pr P A = Pr P B.
Proof. by move=> eqAB; apply: eq_bigl. Qed.

Lemma Pr_mono A B : (forall x, A x -> B x) -> Pr P A <= Pr P B.
Proof.
move=> AB; rewrite /Pr [X in X <= _]big_mkcond [X in _ <= X]big_mkcond /=.
apply: ler_sum => x _; case: ifPn => [/AB -> //|_]; case: ifP => // _; exact: mass_ge0.
Qed.

Lemma Pr_true : Pr P predT = 1.
Proof. exact: mass_sum. Qed.

Lemma Pr_false : Pr P pred0 = 0.
Proof. by rewrite /Pr big_pred0. Qed.

Lemma Pr_le1 A : Pr P A <= 1.
Proof. by rewrite -Pr_true; apply: Pr_mono. Qed.

(** The opposite event. *)
Lemma Pr_not A : Pr P (predC A) = 1 - Pr P A.
Proof.
by rewrite -(mass_sum P) (bigID A) /= [X in X - _]addrC -addrA subrr addr0.
Qed.

(** What fails with probability at most [eps] holds with probability at least [1 - eps]. *)
Lemma Pr_holds A eps : Pr P (predC A) <= eps -> 1 - eps <= Pr P A.
Proof. by rewrite Pr_not ler_subl_addl => H; rewrite ler_subl_addl addrC in H *. Qed.

(** The union bound: for two events, and for a finite family of events, listed in a sequence. *)
Lemma Pr_or A B : Pr P [pred x | A x || B x] <= Pr P A + Pr P B.
Proof.
rewrite /Pr big_mkcond [X in _ <= X + _]big_mkcond [X in _ <= _ + X]big_mkcond -big_split.
apply: ler_sum => x _ /=; have := mass_ge0 P x.
by case: (A x); case: (B x) => /= H; rewrite ?addr0 ?add0r // ler_addl.
Qed.

Lemma union_bound (I : eqType) (r : seq I) (A : I -> pred T) :
  Pr P [pred x | has (fun i => A i x) r] <= \sum_(i <- r) Pr P (A i).
Proof.
elim: r => [|i r IH]; first by rewrite big_nil -Pr_false; apply: Pr_mono.
rewrite big_cons; apply: le_trans (ler_add (lexx _) IH); exact: Pr_or.
Qed.

Lemma union_bound_fin (I : finType) (A : I -> pred T) :
  Pr P [pred x | [exists i, A i x]] <= \sum_i Pr P (A i).
Proof.
apply: le_trans (union_bound (index_enum I) A); apply: Pr_mono => x /= /existsP[i Ai].
by apply/hasP; exists i => //; rewrite mem_index_enum.
Qed.

(** ** Means *)

Lemma eq_expect f g : f =1 g -> expect P f = expect P g.
Proof. by move=> fg; apply: eq_bigr => x _; rewrite fg. Qed.

Lemma expect_const c : expect P (fun=> c) = c.
Proof. by rewrite /expect -mulr_suml mass_sum mul1r. Qed.

Lemma expectD f g : expect P (fun x => f x + g x) = expect P f + expect P g.
Proof. by rewrite -big_split; apply: eq_bigr => x _; rewrite mulrDr. Qed.

Lemma expectZ c f : expect P (fun x => c * f x) = c * expect P f.
Proof. by rewrite mulr_sumr; apply: eq_bigr => x _; rewrite mulrCA. Qed.

Lemma expect_sum (I : Type) (r : seq I) (f : I -> T -> R) :
  expect P (fun x => \sum_(i <- r) f i x) = \sum_(i <- r) expect P (f i).
Proof.
rewrite /expect exchange_big /=; apply: eq_bigr => x _; exact: mulr_sumr.
Qed.

Lemma expect_mono f g : (forall x, f x <= g x) -> expect P f <= expect P g.
Proof. by move=> fg; apply: ler_sum => x _; rewrite ler_wpmul2l ?mass_ge0. Qed.

Lemma expect_ge0 f : (forall x, 0 <= f x) -> 0 <= expect P f.
Proof. by move=> f0; apply: sumr_ge0 => x _; rewrite mulr_ge0 ?mass_ge0. Qed.

(** A probability is the mean of an indicator. *)
Lemma expect_indicator A : expect P (fun x => (A x)%:R) = Pr P A.
Proof.
rewrite /Pr big_mkcond; apply: eq_bigr => x _.
by case: (A x); rewrite /= ?mulr1 ?mulr0.
Qed.

Lemma markov f (c : R) : (forall x, 0 <= f x) -> 0 < c ->
  Pr P [pred x | c <= f x] <= expect P f / c.
Proof.
move=> f0 c0; rewrite ler_pdivl_mulr // -expect_indicator mulrC -expectZ.
apply: expect_mono => x /=.
by case: (leP c (f x)) => /= H; rewrite ?mulr1n ?mulr0n ?mulr1 ?mulr0.
Qed.

End Probability.

(** ** Independent examples *)

(** [n] examples, in their order. *)
Notation sample n Z := {ffun 'I_n -> Z}.

Section Independent.
Variables (Z : finType) (P : law Z) (n : nat).

Definition iid_mass (s : sample n Z) : R := \prod_i P (s i).

Fact iid_mass_ge0 s : 0 <= iid_mass s.
Proof. by apply: prodr_ge0 => i _; exact: mass_ge0. Qed.

Fact iid_mass_sum : \sum_s iid_mass s = 1.
Proof.
rewrite /iid_mass -(bigA_distr_bigA (fun _ : 'I_n => mass P)) /=.
by apply: big1 => i _; exact: mass_sum.
Qed.

(** [n] independent examples, each of law [P]. *)
Definition iid : law [finType of sample n Z] := Law iid_mass_ge0 iid_mass_sum.

Lemma iidE s : iid s = \prod_i P (s i).
Proof. by []. Qed.

(** The mean of a product over examples is the product of the means. *)
Lemma expect_iid_prod (f : 'I_n -> Z -> R) :
  expect iid (fun s => \prod_i f i (s i)) = \prod_i expect P (f i).
Proof.
rewrite /expect (bigA_distr_bigA (fun i z => P z * f i z)) /=.
by apply: eq_bigr => s _; rewrite /= /iid_mass -big_split.
Qed.

(** Events about single examples are independent. *)
Lemma Pr_iid_forall (A : 'I_n -> pred Z) :
  Pr iid [pred s : sample n Z | [forall i, A i (s i)]] = \prod_i Pr P (A i).
Proof.
rewrite -expect_indicator.
transitivity (expect iid (fun s => \prod_i (A i (s i))%:R : R)).
  apply: eq_expect => s /=.
  case: forallP => [H|H]; first by rewrite big1 // => i _; rewrite H.
  have /forallPn[i /negbTE Ai] : ~~ [forall i, A i (s i)] by apply/forallP.
  by rewrite (bigD1 i) //= Ai mul0r.
rewrite (expect_iid_prod (fun i z => (A i z)%:R)).
by apply: eq_bigr => i _; exact: expect_indicator.
Qed.

(** Marginals: one example of [n] has the law [P]. *)
Lemma expect_iid_one (i : 'I_n) (f : Z -> R) : expect iid (fun s => f (s i)) = expect P f.
Proof.
pose g j z := if j == i then f z else 1.
have -> : expect iid (fun s => f (s i)) = expect iid (fun s => \prod_j g j (s j)).
  apply: eq_expect => s; rewrite (bigD1 i) //= big1 /g ?eqxx ?mulr1 //.
  by move=> j /negbTE ->.
rewrite expect_iid_prod (bigD1 i) //= big1 /g ?eqxx ?mulr1 // => j /negbTE ->.
exact: expect_const.
Qed.

Lemma Pr_iid_one (i : 'I_n) (A : pred Z) : Pr iid [pred s : sample n Z | A (s i)] = Pr P A.
Proof. by rewrite -!expect_indicator -(expect_iid_one i). Qed.

End Independent.

(** ** Pairs, of which the second part may depend on the first *)

Section Pairs.
Variables (T U : finType) (P : law T) (K : T -> law U).

Definition pair_mass (x : T * U) : R := P x.1 * K x.1 x.2.

Fact pair_mass_ge0 x : 0 <= pair_mass x.
Proof. by rewrite mulr_ge0 ?mass_ge0. Qed.

Lemma sum_pair (f : T -> U -> R) :
  \sum_(x : T * U) f x.1 x.2 = \sum_x \sum_y f x y.
Proof. by rewrite pair_big. Qed.

Fact pair_mass_sum : \sum_x pair_mass x = 1.
Proof.
rewrite (sum_pair (fun x y => P x * K x y)) -(mass_sum P); apply: eq_bigr => x _.
by rewrite -mulr_sumr mass_sum mulr1.
Qed.

(** First [x] by [P], then [y] by [K x]. *)
Definition chain : law [finType of T * U] := Law pair_mass_ge0 pair_mass_sum.

Lemma Pr_chain (A : pred (T * U)) :
  Pr chain A = expect P (fun x => Pr (K x) [pred y | A (x, y)]).
Proof.
rewrite -expect_indicator /expect (eq_bigr (fun x => P x.1 * K x.1 x.2 * (A (x.1, x.2))%:R)).
  rewrite (sum_pair (fun x y => P x * K x y * (A (x, y))%:R)); apply: eq_bigr => x _.
  rewrite -[Pr _ _]expect_indicator mulr_sumr; apply: eq_bigr => y _; exact: esym (mulrA _ _ _).
by case.
Qed.

(** What has probability at most [eps] whatever the first part is, has it without the condition. *)
Lemma Pr_chain_le (A : pred (T * U)) eps :
  (forall x, Pr (K x) [pred y | A (x, y)] <= eps) -> Pr chain A <= eps.
Proof. by move=> H; rewrite Pr_chain -(expect_const P eps); apply: expect_mono. Qed.

(** What has probability at least [c] whatever the first part is, has it without the condition. *)
Lemma Pr_chain_ge (A : pred (T * U)) c :
  (forall x, c <= Pr (K x) [pred y | A (x, y)]) -> c <= Pr chain A.
Proof. by move=> H; rewrite Pr_chain -(expect_const P c); apply: expect_mono. Qed.

End Pairs.

(** An independent pair. *)
Definition independent (T U : finType) (P : law T) (Q : law U) : law [finType of T * U] :=
  chain P (fun=> Q).

Lemma Pr_independent_fst (T U : finType) (P : law T) (Q : law U) (A : pred T) :
  Pr (independent P Q) [pred x | A x.1] = Pr P A.
Proof.
rewrite Pr_chain -[RHS]expect_indicator; apply: eq_expect => x /=.
by case: (A x); rewrite /= ?Pr_true ?Pr_false.
Qed.

Lemma Pr_independent_snd (T U : finType) (P : law T) (Q : law U) (A : pred U) :
  Pr (independent P Q) [pred x | A x.2] = Pr Q A.
Proof. by rewrite Pr_chain /=; exact: expect_const. Qed.

(** ** The uniform law *)

Section Uniform.
Variables (T : finType) (x0 : T).

Fact uniform_ge0 (x : T) : 0 <= (#|T|%:R : R)^-1.
Proof. by rewrite invr_ge0 ler0n. Qed.

Fact uniform_sum : \sum_(x : T) (#|T|%:R : R)^-1 = 1.
Proof.
have T0 : (#|T|%:R : R) != 0 by rewrite pnatr_eq0 -lt0n; apply/card_gt0P; exists x0.
by rewrite sumr_const -(mulr_natr (_^-1)) mulVf.
Qed.

Definition uniform : law T := Law uniform_ge0 uniform_sum.

Lemma Pr_uniform (A : pred T) : Pr uniform A = #|[set x | A x]|%:R / #|T|%:R.
Proof. by rewrite /Pr sumr_const -(mulr_natr (_^-1)) cardsE mulrC. Qed.

End Uniform.
