(** * Information

    Relative entropy, entropy and mutual information of laws on finite types, in nats. Proved here:

    - the log-sum inequality ([log_sum]) and Gibbs' inequality ([gibbs_sub]);
    - data processing to the mean of a number in [0, 1] ([kl_mean_le]);
    - of the binary relative entropy [kl] of Divergence.v: joint convexity ([kl_convex]), Pinsker's
      inequality ([pinsker]), that it increases away from its first argument ([kl_increasing]), and
      its relation to the divergence of Jensen and Shannon ([jensen_shannon_ge],
      [jensen_shannon_le]);
    - of mutual information ([information]): it is at most the entropy of the second variable
      ([information_le_entropy]), and all of it for a function ([information_deterministic]); what
      is told about independent parts adds up ([information_superadditive]);
    - of codes: the inequality of Kraft and McMillan for uniquely decodable codes ([mcmillan]),
      Shannon's bound on the mean length ([entropy_le_length]), and what it becomes for codes that
      are only injective: with a prior on the lengths ([entropy_le_length_prior]), and without
      ([entropy_le_injective], after Alon and Orlitsky).

    Conventions. Coq's logarithm is total with [ln x = 0] for [x <= 0], and MathComp's division is
    total with [x / 0 = 0]. So [0 ln 0 = 0], as it should be, but a term [a ln (a / 0)], [a > 0],
    which is infinite on paper, is 0 here. Every lemma for which that matters asks for domination
    ([b = 0 -> a = 0]; [dominates] for laws, [kl_finite] for [kl]), so that no such term occurs in
    it. For mutual information there never is one ([separate_dominates]). *)

From Coq Require Import Reals Lra.

(** ** In Coq's own real numbers: some algebra, and the analysis for Pinsker's inequality *)

Module RealAnalysis.
Local Open Scope R_scope.

Lemma middle (a b c : R) : c + c = a + b -> c - b = - (c - a) /\ b - a = (c - a) + (c - a).
Proof. intros H; split; lra. Qed.

Lemma log_ratios (x y lx ly lw : R) :
  x * (lx - lw) + y * (ly - lw) + (x + y) * (lw - ly) = x * (lx - ly).
Proof. ring. Qed.

Lemma regroup (a1 a2 b1 b2 c1 c2 : R) :
  (a1 + a2) + (b1 + b2) + (c1 + c2) = (a1 + b1 + c1) + (a2 + b2 + c2).
Proof. ring. Qed.

Lemma four_product (x : R) : 0 < x < 1 -> 4 <= / (x * (1 - x)).
Proof.
intros [x0 x1].
assert (0 < x * (1 - x)) by (apply Rmult_lt_0_compat; lra).
apply Rmult_le_reg_l with (x * (1 - x)); [assumption|].
rewrite Rinv_r by lra. assert (0 <= (2 * x - 1) * (2 * x - 1)) by apply Rle_0_sqr. lra.
Qed.

(** The gap of Pinsker's inequality as a function of its second argument, its sign turned. *)
Local Definition gap (q x : R) := 2 * (x - q) * (x - q) + (q * ln x + (1 - q) * ln (1 - x)).
Local Definition gap' (q x : R) := (x - q) * (4 - / (x * (1 - x))).

Lemma derivable_ln_compl (x : R) : x < 1 ->
  derivable_pt_lim (fun x => ln (1 - x)) x (- / (1 - x)).
Proof.
intros x1. replace (- / (1 - x)) with (/ (1 - x) * (0 - 1)) by lra.
apply (derivable_pt_lim_comp (fun x => 1 - x) ln).
  apply (derivable_pt_lim_minus (fun _ => 1) (fun x => x)).
    apply derivable_pt_lim_const.
  apply derivable_pt_lim_id.
apply derivable_pt_lim_ln; lra.
Qed.

Lemma derivable_square (q x : R) :
  derivable_pt_lim (fun x => 2 * (x - q) * (x - q)) x (4 * (x - q)).
Proof.
assert (D : derivable_pt_lim (fun x => x - q) x (1 - 0)).
  apply (derivable_pt_lim_minus (fun x => x) (fun _ => q)).
    apply derivable_pt_lim_id.
  apply derivable_pt_lim_const.
replace (4 * (x - q)) with ((2 * (1 - 0)) * (x - q) + (2 * (x - q)) * (1 - 0)) by ring.
apply (derivable_pt_lim_mult (fun x => 2 * (x - q)) (fun x => x - q)); [|exact D].
apply (derivable_pt_lim_scal (fun x => x - q) 2); exact D.
Qed.

Lemma derivable_gap (q x : R) : 0 < x < 1 -> derivable_pt_lim (gap q) x (gap' q x).
Proof.
intros [x0 x1].
replace (gap' q x) with (4 * (x - q) + (q * / x + (1 - q) * - / (1 - x)))
  by (unfold gap'; field; lra).
apply (derivable_pt_lim_plus (fun x => 2 * (x - q) * (x - q))).
  apply derivable_square.
apply (derivable_pt_lim_plus (fun x => q * ln x) (fun x => (1 - q) * ln (1 - x))).
  apply (derivable_pt_lim_scal ln q); apply derivable_pt_lim_ln; exact x0.
apply (derivable_pt_lim_scal (fun x => ln (1 - x)) (1 - q)); apply derivable_ln_compl; exact x1.
Qed.

Lemma pinsker_inside (q p : R) : 0 < q < 1 -> 0 < p < 1 ->
  2 * (p - q) * (p - q) + (q * ln p + (1 - q) * ln (1 - p)) <= q * ln q + (1 - q) * ln (1 - q).
Proof.
intros q01 p01.
replace (q * ln q + (1 - q) * ln (1 - q)) with (gap q q) by (unfold gap; ring).
change (gap q p <= gap q q).
destruct (Rtotal_order q p) as [H|[H|H]].
- destruct (MVT_cor2 (gap q) (gap' q) q p H) as [c [E c0]].
    intros c c0; apply derivable_gap; lra.
  assert (F : 4 <= / (c * (1 - c))) by (apply four_product; lra).
  assert (0 <= (c - q) * (/ (c * (1 - c)) - 4) * (p - q)).
    repeat apply Rmult_le_pos; lra.
  unfold gap' in E; lra.
- subst; lra.
- destruct (MVT_cor2 (gap q) (gap' q) p q H) as [c [E c0]].
    intros c c0; apply derivable_gap; lra.
  assert (F : 4 <= / (c * (1 - c))) by (apply four_product; lra).
  assert (0 <= (q - c) * (/ (c * (1 - c)) - 4) * (q - p)).
    repeat apply Rmult_le_pos; lra.
  unfold gap' in E; lra.
Qed.

Lemma pinsker_edge (p : R) : 0 <= p < 1 -> 2 * p * p + ln (1 - p) <= 0.
Proof.
intros [[p0|<-] p1]; [|rewrite Rminus_0_r, ln_1; lra].
destruct (MVT_cor2 (fun x => 2 * (x - 0) * (x - 0) + ln (1 - x))
            (fun x => 4 * (x - 0) + - / (1 - x)) 0 p p0) as [c [E c0]].
  intros c c0; apply (derivable_pt_lim_plus (fun x => 2 * (x - 0) * (x - 0))).
    apply derivable_square.
  apply derivable_ln_compl; lra.
rewrite !Rminus_0_r, ln_1 in E.
assert (F : 4 <= / (c * (1 - c))) by (apply four_product; lra).
assert (4 * c <= / (1 - c)).
  replace (/ (1 - c)) with (/ (c * (1 - c)) * c) by (field; lra).
  apply Rmult_le_compat_r; lra.
assert (0 <= (/ (1 - c) - 4 * c) * p) by (apply Rmult_le_pos; lra).
lra.
Qed.

End RealAnalysis.

From mathcomp Require Import all_ssreflect ssralg ssrnum.
From mathcomp.analysis Require Import Rstruct.
From Nonvacuous Require Import RealArith Divergence Finite Code.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(** Arguments in [R] are written with MathComp's operations, whose division is total. *)
#[local] Bind Scope ring_scope with R.
#[local] Arguments ln x%R.
#[local] Arguments kl (q p)%R.

(** ** The logarithm *)

Lemma lnM (x y : R) : 0 < x -> 0 < y -> ln (x * y) = ln x + ln y.
Proof. by move=> /RltP x0 /RltP y0; exact: ln_mult. Qed.

Lemma lnV (x : R) : 0 < x -> ln x^-1 = - ln x.
Proof. by move=> x0; rewrite -RinvE ?gt_eqF //; apply: ln_Rinv; apply/RltP. Qed.

Lemma lnD (x y : R) : 0 < x -> 0 < y -> ln (x / y) = ln x - ln y.
Proof. by move=> x0 y0; rewrite lnM ?invr_gt0 // lnV. Qed.

Lemma ln_le (x y : R) : 0 < x -> x <= y -> ln x <= ln y.
Proof.
move=> x0; rewrite le_eqVlt => /orP[/eqP -> //|xy].
by apply/RleP/Rlt_le/ln_increasing; apply/RltP.
Qed.

Lemma ln_le0 (x : R) : 0 < x -> x <= 1 -> ln x <= 0.
Proof. by move=> x0 /(ln_le x0); rewrite [ln 1]ln_1. Qed.

Lemma ln_le_sub1 (x : R) : 0 < x -> ln x <= x - 1.
Proof.
move=> x0; rewrite -[X in _ <= X]ln_exp; apply: ln_le => //; apply/RleP.
by apply: Rle_trans (exp_ineq1_le _); right; rewrite RplusE addrC subrK.
Qed.

Lemma ln_prod (I : Type) (r : seq I) (f : I -> R) :
  (forall i, 0 < f i) -> ln (\prod_(i <- r) f i) = \sum_(i <- r) ln (f i).
Proof.
move=> f0; elim: r => [|i r IH]; first by rewrite !big_nil; exact: ln_1.
by rewrite !big_cons lnM ?IH // prodr_gt0.
Qed.

Lemma lnX (x : R) n : 0 < x -> ln (x ^+ n) = n%:R * ln x.
Proof.
move=> x0; elim: n => [|n IH]; first by rewrite expr0 mul0r; exact: ln_1.
by rewrite exprS lnM ?exprn_gt0 // IH mulrS mulrDl mul1r.
Qed.

(** ** The log-sum inequality *)

(** The tangent of [a ln (a / b)] at slope [c]. *)
Lemma log_tangent (a b c : R) :
  0 <= a -> 0 <= b -> (b = 0 -> a = 0) -> 0 < c -> a * ln c + a - c * b <= a * ln (a / b).
Proof.
move=> a0 b0 ba c0; have [->|an0] := eqVneq a 0.
  by rewrite !mul0r !add0r oppr_le0 mulr_ge0 // ltW.
have {an0} a_gt0 : 0 < a by rewrite lt0r an0.
have b_gt0 : 0 < b.
  by rewrite lt0r b0 andbT; apply/eqP => /ba a_eq0; rewrite a_eq0 ltxx in a_gt0.
have x0 : 0 < c * b / a by rewrite divr_gt0 ?mulr_gt0.
have := ln_le_sub1 x0; rewrite -[in X in X -> _](ler_pmul2l a_gt0).
have -> : a * (c * b / a - 1) = c * b - a by rewrite mulrBr mulr1 mulrC divfK // gt_eqF.
have -> : ln (c * b / a) = ln c - ln (a / b).
  by rewrite !lnD ?mulr_gt0 // lnM // opprB addrA.
by rewrite mulrBr ler_subl_addr -ler_subl_addl opprB addrA.
Qed.

Section LogSum.
Variables (I : finType) (A : pred I) (a b : I -> R).
Hypothesis a_ge0 : forall i, 0 <= a i.
Hypothesis b_ge0 : forall i, 0 <= b i.
Hypothesis dominated : forall i, b i = 0 -> a i = 0.

Lemma log_sum :
  (\sum_(i | A i) a i) * ln ((\sum_(i | A i) a i) / \sum_(i | A i) b i)
    <= \sum_(i | A i) a i * ln (a i / b i).
Proof.
set sa := \sum_(i | A i) a i; set sb := \sum_(i | A i) b i.
have [sa0|san0] := eqVneq sa 0.
  rewrite sa0 mul0r big1 // => i Ai.
  by rewrite (psumr_eq0P (fun i _ => a_ge0 i) sa0 Ai) mul0r.
have sa_gt0 : 0 < sa by rewrite lt0r san0 sumr_ge0.
have sb_gt0 : 0 < sb.
  rewrite lt0r sumr_ge0 // andbT; apply: contra san0 => /eqP sb0; apply/eqP.
  by apply: big1 => i Ai; apply/dominated/(psumr_eq0P (fun i _ => b_ge0 i) sb0 Ai).
have c0 : 0 < sa / sb by rewrite divr_gt0.
have : \sum_(i | A i) (a i * ln (sa / sb) + a i - sa / sb * b i)
       <= \sum_(i | A i) a i * ln (a i / b i).
  by apply: ler_sum => i _; apply: log_tangent => //; exact: dominated.
apply: le_trans; rewrite sumrB big_split /= -mulr_suml -mulr_sumr -/sa -/sb.
by rewrite divfK ?addrK // gt_eqF.
Qed.

End LogSum.

(** ** Means *)

Lemma expect_le (T : finType) (P : law T) (f g : T -> R) :
  (forall t, 0 < P t -> f t <= g t) -> expect P f <= expect P g.
Proof.
move=> fg; apply: ler_sum => t _; have := mass_ge0 P t; rewrite le_eqVlt.
by move=> /orP[/eqP <-|Pt]; rewrite ?mul0r // ler_pmul2l // fg.
Qed.

Lemma eq_expect_support (T : finType) (P : law T) (f g : T -> R) :
  (forall t, 0 < P t -> f t = g t) -> expect P f = expect P g.
Proof.
by move=> fg; apply/le_anti/andP; split; apply: expect_le => t Pt; rewrite (fg t Pt).
Qed.

Lemma mass_le_eq0 (T : finType) (P : law T) (x : T) (c : R) : P x <= c -> c = 0 -> P x = 0.
Proof. by move=> Pc c0; apply/le_anti; rewrite mass_ge0 -c0 Pc. Qed.

Lemma expectB (T : finType) (P : law T) (f g : T -> R) :
  expect P (fun x => f x - g x) = expect P f - expect P g.
Proof.
rewrite expectD; congr (_ + _).
by rewrite -mulN1r -expectZ; apply: eq_expect => i; rewrite mulN1r.
Qed.

Lemma expect_compl (T : finType) (P : law T) (f : T -> R) :
  1 - expect P f = expect P (fun x => 1 - f x).
Proof. by rewrite expectB expect_const. Qed.

Lemma expect_prob (T : finType) (P : law T) (f : T -> R) :
  (forall x, 0 <= f x <= 1) -> 0 <= expect P f <= 1.
Proof.
move=> f01; apply/andP; split; first by apply: expect_ge0 => x; have /andP[] := f01 x.
by rewrite -(expect_const P 1); apply: expect_mono => x; have /andP[] := f01 x.
Qed.

(** ** Relative entropy *)

Definition divergence (T : finType) (P Q : law T) : R := \sum_x P x * ln (P x / Q x).

(** Where [kl q p] is finite on paper, for [q], [p] in [0, 1]. *)
Definition kl_finite (q p : R) : Prop := (p = 0 -> q = 0) /\ (p = 1 -> q = 1).

(** There it is the same with MathComp's operations. *)
Lemma klE (q p : R) : kl_finite q p ->
  kl q p = q * ln (q / p) + (1 - q) * ln ((1 - q) / (1 - p)).
Proof.
have term (x y : R) : (y = 0 -> x = 0) -> x * ln (Rdiv x y) = x * ln (x / y).
  by have [->|y0 _] := eqVneq y 0; [move=> -> //; rewrite !mul0r | rewrite RdivE].
move=> [f0 f1]; rewrite -(term q p) // -(term (1 - q) (1 - p)) // => H.
by rewrite f1 ?subrr //; apply/eqP; rewrite eq_sym -subr_eq0 H.
Qed.

(** No event has probability 0 under [Q] without having it under [P]. *)
Definition dominates (T : finType) (Q P : law T) : Prop := forall x, Q x = 0 -> P x = 0.

(** Gibbs' inequality, for a second argument whose sum is at most 1. *)
Lemma gibbs_sub (T : finType) (P : law T) (q : T -> R) :
  (forall x, 0 <= q x) -> \sum_x q x <= 1 -> (forall x, q x = 0 -> P x = 0) ->
  0 <= \sum_x P x * ln (P x / q x).
Proof.
move=> q0 q1 dom.
have H x : P x - q x <= P x * ln (P x / q x).
  have := log_tangent (mass_ge0 P x) (q0 x) (@dom x) ltr01.
  by rewrite [ln 1]ln_1 mulr0 add0r mul1r.
apply: le_trans (_ : \sum_x (P x - q x) <= _); last by apply: ler_sum => x _; exact: H.
by rewrite sumrB mass_sum subr_ge0.
Qed.

Lemma divergence_ge0 (T : finType) (P Q : law T) : dominates Q P -> 0 <= divergence P Q.
Proof.
by move=> dom; apply: gibbs_sub => // [x|]; [exact: mass_ge0 | rewrite mass_sum].
Qed.

(** Data processing to one number in [0, 1], such as the indicator of an event. *)
Section DataProcessing.
Variables (T : finType) (P Q : law T) (f : T -> R).
Hypothesis dom : dominates Q P.
Hypothesis f_prob : forall x, 0 <= f x <= 1.

Let f_ge0 x : 0 <= f x. Proof. by have /andP[] := f_prob x. Qed.
Let g_ge0 x : 0 <= 1 - f x. Proof. by rewrite subr_ge0; have /andP[] := f_prob x. Qed.

Let expect_dominated (g : T -> R) : (forall x, 0 <= g x) -> expect Q g = 0 -> expect P g = 0.
Proof.
move=> g0 Qg; apply: big1 => x _.
have : Q x * g x = 0.
  by apply: (psumr_eq0P _ Qg) => // y _; rewrite mulr_ge0 ?mass_ge0.
by move/eqP; rewrite mulf_eq0 => /orP[/eqP /dom ->|/eqP ->]; rewrite ?mul0r ?mulr0.
Qed.

Lemma kl_mean_finite : kl_finite (expect P f) (expect Q f).
Proof.
split; first exact: expect_dominated.
move=> Qf; have : expect P (fun x => 1 - f x) = 0.
  by apply: expect_dominated => //; rewrite -expect_compl Qf subrr.
by rewrite -expect_compl => /eqP; rewrite subr_eq0 => /eqP.
Qed.

Let part (g : T -> R) : (forall x, 0 <= g x) ->
  expect P g * ln (expect P g / expect Q g) <= \sum_x g x * (P x * ln (P x / Q x)).
Proof.
move=> g0.
have -> : \sum_x g x * (P x * ln (P x / Q x)) =
          \sum_x (P x * g x) * ln ((P x * g x) / (Q x * g x)).
  apply: eq_bigr => x _; have [->|gn0] := eqVneq (g x) 0; first by rewrite mulr0 !mul0r.
  by rewrite -mulf_div divff // mulr1 mulrCA mulrA.
apply: log_sum => x; [by rewrite mulr_ge0 ?mass_ge0|by rewrite mulr_ge0 ?mass_ge0|].
by move=> /eqP; rewrite mulf_eq0 => /orP[/eqP /dom ->|/eqP ->]; rewrite ?mul0r ?mulr0.
Qed.

Lemma kl_mean_le : kl (expect P f) (expect Q f) <= divergence P Q.
Proof.
rewrite klE; last exact: kl_mean_finite.
apply: le_trans (ler_add (part f_ge0) _) _; first by rewrite !expect_compl; exact: part g_ge0.
rewrite -big_split; apply: ler_sum => x _ /=.
by rewrite -mulrDl addrC subrK mul1r.
Qed.

End DataProcessing.

(** ** Convexity of the binary relative entropy *)

Section Convexity.
Variables (I : finType) (w : law I) (q p : I -> R).
Hypothesis q_prob : forall i, 0 <= q i <= 1.
Hypothesis p_prob : forall i, 0 <= p i <= 1.
Hypothesis finite : forall i, kl_finite (q i) (p i).

Let term_convex (a b : I -> R) :
  (forall i, 0 <= a i) -> (forall i, 0 <= b i) -> (forall i, b i = 0 -> a i = 0) ->
  expect w a * ln (expect w a / expect w b) <= expect w (fun i => a i * ln (a i / b i)).
Proof.
move=> a0 b0 dom.
have -> : expect w (fun i => a i * ln (a i / b i)) =
          \sum_i (w i * a i) * ln ((w i * a i) / (w i * b i)).
  apply: eq_bigr => i _; have [->|wn0] := eqVneq (w i) 0; first by rewrite !mul0r.
  by rewrite -mulf_div divff // mul1r mulrA.
apply: log_sum => i; [by rewrite mulr_ge0 ?mass_ge0|by rewrite mulr_ge0 ?mass_ge0|].
by move=> /eqP; rewrite mulf_eq0 => /orP[/eqP ->|/eqP /dom ->]; rewrite ?mul0r ?mulr0.
Qed.

Let expect_zero (f g : I -> R) : (forall i, 0 <= g i) -> (forall i, g i = 0 -> f i = 0) ->
  expect w g = 0 -> expect w f = 0.
Proof.
move=> g0 gf H; apply: big1 => i _.
have /(_ i isT)/eqP : forall i, true -> w i * g i = 0.
  by apply: psumr_eq0P H => j _; rewrite mulr_ge0 ?mass_ge0.
by rewrite mulf_eq0 => /orP[/eqP ->|/eqP /gf ->]; rewrite ?mul0r ?mulr0.
Qed.

Lemma kl_finite_expect : kl_finite (expect w q) (expect w p).
Proof.
split.
  by apply: expect_zero => i; [have /andP[] := p_prob i | have [] := finite i].
move=> /eqP; rewrite -subr_eq0 -oppr_eq0 opprB expect_compl => /eqP H.
suff : expect w (fun i => 1 - q i) = 0.
  by rewrite -expect_compl => /eqP; rewrite subr_eq0 => /eqP.
apply: expect_zero H => i; first by rewrite subr_ge0; have /andP[] := p_prob i.
by move=> /eqP; rewrite subr_eq0 => /eqP/esym; have [_ H] := finite i => /H ->; rewrite subrr.
Qed.

Lemma kl_convex : kl (expect w q) (expect w p) <= expect w (fun i => kl (q i) (p i)).
Proof.
rewrite (eq_expect w (fun i => klE (finite i))) klE; last exact: kl_finite_expect.
rewrite expectD !expect_compl; apply: ler_add; apply: term_convex => i.
- by have /andP[] := q_prob i.
- by have /andP[] := p_prob i.
- by have [] := finite i.
- by rewrite subr_ge0; have /andP[] := q_prob i.
- by rewrite subr_ge0; have /andP[] := p_prob i.
- by move=> /eqP; rewrite subr_eq0 => /eqP/esym; have [_ H] := finite i => /H ->; rewrite subrr.
Qed.

End Convexity.

(** ** The binary relative entropy from below *)

Lemma klxx (q : R) : kl q q = 0.
Proof.
have H (x : R) : x * ln (x / x) = 0.
  have [->|x0] := eqVneq x 0; first by rewrite mul0r.
  by rewrite divff // [ln 1]ln_1 mulr0.
by rewrite klE // !H addr0.
Qed.

(** With both arguments turned round. *)
Lemma kl_compl (q p : R) : kl (1 - q) (1 - p) = kl q p.
Proof. by rewrite /kl !RminusE !subKr; exact: addrC. Qed.

Lemma two_IZR : 2%:R = IZR 2 :> R.
Proof. by rewrite -INRE. Qed.

Lemma pinsker (q p : R) : 0 <= q <= 1 -> 0 <= p <= 1 -> kl_finite q p ->
  2%:R * (p - q) ^+ 2 <= kl q p.
Proof.
move=> /andP[q0 q1] /andP[p0 p1] [f0 f1].
have [pe|pn0] := eqVneq p 0; first by rewrite pe f0 // klxx subrr expr0n mulr0.
have [pe|pn1] := eqVneq p 1; first by rewrite pe f1 // klxx subrr expr0n mulr0.
have {}p0 : 0 < p by rewrite lt0r pn0.
have {}p1 : p < 1 by rewrite lt_neqAle pn1.
have p1' : 0 < 1 - p by rewrite subr_gt0.
have edge (x : R) : 0 < x -> x < 1 -> 2%:R * (x - 0) ^+ 2 <= kl 0 x.
  move=> x0 x1; rewrite klE; last by split=> // xE; rewrite xE ltxx in x1.
  rewrite !subr0 mul0r add0r !mul1r lnV ?subr_gt0 //.
  rewrite -subr_ge0 -oppr_le0 opprB opprK two_IZR expr2 mulrA.
  by apply/RleP; apply: RealAnalysis.pinsker_edge; split; [apply/Rlt_le/RltP | apply/RltP].
have [->|qn0] := eqVneq q 0; first exact: edge.
have [->|qn1] := eqVneq q 1.
  rewrite -kl_compl subrr -[X in X ^+ 2]opprK opprB sqrrN.
  by rewrite -[X in X ^+ 2]subr0; apply: edge => //; rewrite gtr_addl oppr_lt0.
have {}q0 : 0 < q by rewrite lt0r qn0.
have {}q1 : q < 1 by rewrite lt_neqAle qn1.
have q1' : 0 < 1 - q by rewrite subr_gt0.
rewrite klE; last by split.
rewrite !lnD // !mulrBr addrACA -opprD ler_subr_addr two_IZR expr2 mulrA.
by apply/RleP; apply: RealAnalysis.pinsker_inside; split; apply/RltP.
Qed.

Lemma kl_ge0 (q p : R) : 0 <= q <= 1 -> 0 <= p <= 1 -> kl_finite q p -> 0 <= kl q p.
Proof.
move=> q01 p01 fin; apply: le_trans (pinsker q01 p01 fin).
by rewrite mulr_ge0 ?ler0n // sqr_ge0.
Qed.

(** The law of a bit. *)
Section Bit.
Variables (r : R) (r_prob : 0 <= r <= 1).

Fact bit_ge0 (b : bool) : 0 <= if b then r else 1 - r.
Proof. by have /andP[r0 r1] := r_prob; case: b; rewrite ?subr_ge0. Qed.

Fact bit_sum : \sum_(b : bool) (if b then r else 1 - r) = 1.
Proof. by rewrite big_bool /= addrC subrK. Qed.

Definition bit : law [finType of bool] := Law bit_ge0 bit_sum.

Lemma expect_bit (f : bool -> R) : expect bit f = r * f true + (1 - r) * f false.
Proof. by rewrite /expect big_bool. Qed.
End Bit.

(** In its second argument it increases away from the first. *)
Lemma kl_increasing (q p u : R) : 0 <= q <= 1 -> q <= p -> p <= u -> u <= 1 -> kl_finite q u ->
  kl q p <= kl q u.
Proof.
move=> /andP[q0 q1] qp pu u1 fin.
have [uq|uq] := eqVneq u q; first by have -> : p = u by apply/le_anti; rewrite pu uq.
have uq0 : 0 < u - q by rewrite subr_gt0 lt_neqAle eq_sym uq (le_trans qp).
pose r := (p - q) / (u - q).
have r01 : 0 <= r <= 1.
  apply/andP; split; first by rewrite divr_ge0 ?subr_ge0 // (le_trans qp).
  by rewrite ler_pdivr_mulr // mul1r ler_add2r.
have pE : expect (bit r01) (fun b => if b then u else q) = p.
  rewrite expect_bit /= mulrBl mul1r addrCA -mulrBr divfK ?gt_eqF //.
  by rewrite addrCA subrr addr0.
have := @kl_convex _ (bit r01) (fun=> q) (fun b => if b then u else q).
rewrite pE expect_const expect_bit /= klxx mulr0 addr0 => H.
apply: le_trans (H _ _ _) _ => [b|b|b|].
- by rewrite q0.
- by case: b; rewrite ?q0 ?q1 // u1 andbT (le_trans q0) // (le_trans qp).
- by case: b => //; split.
apply: ler_pimull; last by have /andP[] := r01.
by apply: kl_ge0 => //; rewrite ?q0 ?u1 ?andbT //= (le_trans q0) // (le_trans qp).
Qed.

(** ** The Jensen-Shannon form *)

Definition jensen_shannon (a b : R) : R :=
  (kl a ((a + b) / 2%:R) + kl b ((a + b) / 2%:R)) / 2%:R.

Section JensenShannon.
Variables a b : R.
Hypothesis a01 : 0 <= a <= 1.
Hypothesis b01 : 0 <= b <= 1.
Let c := (a + b) / 2%:R.

Let two_gt0 : 0 < 2%:R :> R. Proof. by rewrite ltr0n. Qed.

Let c01 : 0 <= c <= 1.
Proof.
have /andP[a0 a1] := a01; have /andP[b0 b1] := b01.
rewrite /c; apply/andP; split; first by apply: divr_ge0; [apply: addr_ge0 | apply: ler0n].
by rewrite ler_pdivr_mulr // mul1r mulr2n ler_add.
Qed.

Let half_zero (x y : R) : 0 <= x -> 0 <= y -> (x + y) / 2%:R = 0 -> x = 0 /\ y = 0.
Proof.
move=> x0 y0 /eqP; rewrite mulf_eq0 invr_eq0 (gt_eqF two_gt0) orbF paddr_eq0 //.
by move=> /andP[/eqP -> /eqP ->].
Qed.

Let c_compl : 1 - c = ((1 - a) + (1 - b)) / 2%:R.
Proof.
by rewrite /c addrACA -opprD mulrBl -mulr2n divff // gt_eqF // two_gt0.
Qed.

Let finite_ac : kl_finite a c /\ kl_finite b c.
Proof.
have /andP[a0 a1] := a01; have /andP[b0 b1] := b01.
split; split.
- by move=> /(half_zero a0 b0)[].
- move=> c1; have := c_compl; rewrite c1 subrr => /esym.
  by case/half_zero; rewrite ?subr_ge0 // => /eqP; rewrite subr_eq0 => /eqP.
- by move=> /(half_zero a0 b0)[].
- move=> c1; have := c_compl; rewrite c1 subrr => /esym.
  by case/half_zero; rewrite ?subr_ge0 // => _ /eqP; rewrite subr_eq0 => /eqP.
Qed.

Lemma jensen_shannon_ge : (b - a) ^+ 2 / 2%:R <= jensen_shannon a b.
Proof.
have [fa fb] := finite_ac.
rewrite ler_pmul2r ?invr_gt0 //.
apply: le_trans (ler_add (pinsker a01 c01 fa) (pinsker b01 c01 fb)).
have cc : c + c = a + b by rewrite -mulr2n -mulr_natr divfK ?pnatr_eq0.
have -> : c - b = - (c - a).
  by exact: (proj1 (RealAnalysis.middle _ _ _ cc)).
have -> : b - a = (c - a) + (c - a) by exact: (proj2 (RealAnalysis.middle _ _ _ cc)).
rewrite sqrrN; move: (c - a) => x; rewrite !expr2 mulrDl mulrDr !mulr_natl !mulr2n.
by [].
Qed.

Lemma jensen_shannon_le : kl_finite a b -> 2%:R * jensen_shannon a b <= kl a b.
Proof.
move=> [f0 f1]; have /andP[a0 a1] := a01; have /andP[b0 b1] := b01.
rewrite mulrC divfK ?gt_eqF // -/c.
have cxx : (b + b) / 2%:R = b by rewrite -mulr2n -[b *+ 2]mulr_natr mulfK ?gt_eqF.
have [be|bn0] := eqVneq b 0.
  have ab : a = b by rewrite be f0.
  by rewrite /c ab cxx !klxx addr0.
have [be|bn1] := eqVneq b 1.
  have ab : a = b by rewrite be f1.
  by rewrite /c ab cxx !klxx addr0.
have b_gt0 : 0 < b by rewrite lt0r bn0.
have b_lt1 : 0 < 1 - b by rewrite subr_gt0 lt_neqAle bn1.
have half (x y : R) : 0 <= x -> 0 < y -> 0 < (x + y) / 2%:R.
  by move=> x0 y0; rewrite divr_gt0 // ltr_paddl.
have c_gt0 : 0 < c by apply: half.
have c_lt1 : 0 < 1 - c by rewrite c_compl; apply: half; rewrite ?subr_ge0.
have term (x y w : R) : 0 <= x -> 0 < y -> 0 < w -> x + y = 2%:R * w ->
    x * ln (x / w) + y * ln (y / w) + 2%:R * (w * ln (w / y)) = x * ln (x / y).
  move=> x0 y0 w0 xyw; rewrite (mulrA 2%:R) -xyw (lnD y0) // (lnD w0) //.
  have [->|xn0] := eqVneq x 0.
    by rewrite !mul0r !add0r -mulrDr addrA subrK subrr mulr0.
  have x_gt0 : 0 < x by rewrite lt0r xn0.
  rewrite !lnD //; move: (ln x) (ln y) (ln w) => lx ly lw.
  exact: RealAnalysis.log_ratios.
have finite_cb : kl_finite c b.
  by split=> H; [rewrite H ltxx in b_gt0 | rewrite H subrr ltxx in b_lt1].
have cb_ge0 : 0 <= kl c b by exact: kl_ge0.
have <- : kl a c + kl b c + 2%:R * kl c b = kl a b.
  have sum2 (x y : R) : x + y = 2%:R * ((x + y) / 2%:R) by rewrite mulrC divfK ?gt_eqF.
  have a'0 : 0 <= 1 - a by rewrite subr_ge0.
  have cc : 1 - a + (1 - b) = 2%:R * (1 - c) by rewrite c_compl; exact: sum2.
  have [finite_a finite_b] := finite_ac.
  rewrite (klE finite_a) (klE finite_b) (klE finite_cb) klE; last by split.
  rewrite -(term a b c a0 b_gt0 c_gt0 (sum2 a b)).
  rewrite -(term (1 - a) (1 - b) (1 - c) a'0 b_lt1 c_lt1 cc).
  rewrite mulrDr; move: (_ * ln _) (_ * ln _) (_ * ln _) (_ * ln _) (2%:R * _) (2%:R * _).
  move=> *; exact: RealAnalysis.regroup.
by rewrite ler_addl mulr_ge0 ?ler0n.
Qed.

End JensenShannon.

(** ** Random variables: laws of images *)

Section Image.
Variables (T X : finType) (P : law T) (f : T -> X).

Definition image_mass (x : X) : R := Pr P [pred t | f t == x].

Fact image_mass_ge0 x : 0 <= image_mass x.
Proof. exact: Pr_ge0. Qed.

Lemma sum_image (g : X -> R) : \sum_x image_mass x * g x = expect P (g \o f).
Proof.
rewrite /expect (partition_big f predT) //=; apply: eq_bigr => x _.
by rewrite mulr_suml; apply: eq_bigr => t /= /eqP ->.
Qed.

Fact image_mass_sum : \sum_x image_mass x = 1.
Proof.
rewrite -(expect_const P 1) -(sum_image (fun=> 1)).
by apply: eq_bigr => x _; rewrite mulr1.
Qed.

(** The law of [f]. *)
Definition image : law X := Law image_mass_ge0 image_mass_sum.

Lemma expect_image (g : X -> R) : expect image g = expect P (g \o f).
Proof. exact: sum_image. Qed.

Lemma Pr_image (A : pred X) : Pr image A = Pr P [pred t | A (f t)].
Proof. by rewrite -!expect_indicator expect_image. Qed.

Lemma image_gt0 t : 0 < P t -> 0 < image (f t).
Proof.
move=> Pt; rewrite /= /image_mass /Pr (bigD1 t) //=.
by apply: ltr_spaddl => //; apply: sumr_ge0 => u _; exact: mass_ge0.
Qed.

End Image.

(** ** Mutual information *)

Section Mutual.
Variables (T X Y : finType) (P : law T) (f : T -> X) (g : T -> Y).

(** The law of the pair, and the product of the two laws. *)
Definition joint : law [finType of X * Y] := image P (fun t => (f t, g t)).
Definition separate : law [finType of X * Y] := independent (image P f) (image P g).

(** The mutual information of two random variables, in nats. *)
Definition information : R := divergence joint separate.

Lemma joint_le_fst x y : joint (x, y) <= image P f x.
Proof. by apply: Pr_mono => t /= /eqP[-> _]. Qed.

Lemma joint_le_snd x y : joint (x, y) <= image P g y.
Proof. by apply: Pr_mono => t /= /eqP[_ ->]. Qed.

Lemma sum_joint y : \sum_x joint (x, y) = image P g y.
Proof.
rewrite /= /image_mass [RHS](partition_big f predT) //=.
apply: eq_bigr => x _; apply: eq_bigl => t.
by rewrite /= xpair_eqE andbC.
Qed.

Lemma separate_dominates : dominates separate joint.
Proof.
move=> [x y] /eqP; rewrite mulf_eq0 => /orP[] /eqP; apply: mass_le_eq0.
  exact: joint_le_fst.
exact: joint_le_snd.
Qed.

Lemma information_ge0 : 0 <= information.
Proof. exact: divergence_ge0 separate_dominates. Qed.

Lemma informationE : information =
  expect P (fun t => ln (joint (f t, g t) / (image P f (f t) * image P g (g t)))).
Proof. exact: (expect_image P (fun t => (f t, g t))). Qed.

End Mutual.

(** ** Entropy *)

(** The entropy of a law, in nats. *)
Definition entropy (T : finType) (P : law T) : R := expect P (fun x => - ln (P x)).

(** A discrete variable tells no more than its entropy. *)
Lemma information_le_entropy (T X Y : finType) (P : law T) (f : T -> X) (g : T -> Y) :
  information P f g <= entropy (image P g).
Proof.
rewrite informationE /entropy expect_image; apply: expect_le => t Pt /=.
have f0 := image_gt0 f Pt; have g0 := image_gt0 g Pt.
have fg0 := image_gt0 (fun t => (f t, g t)) Pt.
rewrite -lnV // -[X in _ <= ln X]mul1r invfM mulrA; apply: ln_le.
  by rewrite mulr_gt0 ?invr_gt0 // divr_gt0.
by rewrite ler_pmul2r ?invr_gt0 // ler_pdivr_mulr // mul1r joint_le_fst.
Qed.

(** Coding with any masses whose sum is at most 1 costs no less than the entropy. *)
Lemma entropy_le_cross (T : finType) (P : law T) (q : T -> R) :
  (forall x, 0 < q x) -> \sum_x q x <= 1 -> entropy P <= expect P (fun x => - ln (q x)).
Proof.
move=> q0 q1; rewrite -subr_ge0 -expectB.
have -> : expect P (fun x => - ln (q x) - - ln (P x)) = \sum_x P x * ln (P x / q x).
  by apply: eq_expect_support => x Px; rewrite lnD // opprK addrC.
apply: gibbs_sub => // x; first exact: ltW.
by move=> H; have := q0 x; rewrite H ltxx.
Qed.

Lemma entropy_ge0 (T : finType) (P : law T) : 0 <= entropy P.
Proof.
apply: (@le_trans _ _ (expect P (fun=> 0))); first by rewrite expect_const.
apply: expect_le => x Px; rewrite oppr_ge0; apply: ln_le0 => //.
by rewrite -(mass_sum P) (bigD1 x) //= ler_addl sumr_ge0 // => y _; exact: mass_ge0.
Qed.

(** ** Deterministic functions *)

(** What a function of [f] tells about [f] is its whole entropy. *)
Lemma information_deterministic (T X Y : finType) (P : law T) (f : T -> X) (g : X -> Y) :
  information P f (g \o f) = entropy (image P (g \o f)).
Proof.
rewrite informationE /entropy expect_image; apply: eq_expect_support => t Pt /=.
have f0 := image_gt0 f Pt; have g0 := image_gt0 (g \o f) Pt.
have -> : image_mass P (fun t => (f t, g (f t))) (f t, g (f t)) = image_mass P f (f t).
  apply: eq_Pr => u /=; rewrite xpair_eqE andb_idr // => /eqP -> //.
by rewrite -lnV // invfM mulrA divff ?mul1r // gt_eqF.
Qed.

(** ** Independent parts *)

Lemma ln_ratio_prod (n : nat) (j g : R) (p c : 'I_n -> R) :
  0 < j -> 0 < g -> (forall i, 0 < p i) -> (forall i, 0 < c i) ->
  ln (j / (\prod_i p i * g)) - \sum_i ln (c i / (p i * g)) =
  ln (j / (g * \prod_i (c i / g))).
Proof.
move=> j0 g0 p0 c0.
have cg0 i : 0 < c i / g by rewrite divr_gt0.
have L i : ln (c i / (p i * g)) = ln (c i / g) - ln (p i).
  by rewrite !lnD ?mulr_gt0 // lnM // opprD addrA addrAC.
rewrite (eq_bigr _ (fun i _ => L i)) sumrB !lnD ?mulr_gt0 ?prodr_gt0 //.
rewrite !lnM ?prodr_gt0 // !ln_prod //.
move: (\sum_i ln (p i)) (\sum_i ln (c i / g)) (ln j) (ln g) => a b x y; real_ring.
Qed.

(** What a variable tells about independent parts one by one adds up to no more than what it
    tells about all of them. *)
Lemma information_superadditive (T Z Y : finType) (P : law T) (n : nat)
    (S : T -> {ffun 'I_n -> Z}) (g : T -> Y) :
  (forall s, image P S s = \prod_i image P (fun t => S t i) (s i)) ->
  \sum_i information P (fun t => S t i) g <= information P S g.
Proof.
move=> indep.
pose J i := joint P (fun t => S t i) g.
pose G := image P g.
pose q (x : {ffun 'I_n -> Z} * Y) := G x.2 * \prod_i (J i (x.1 i, x.2) / G x.2).
have q_ge0 x : 0 <= q x.
  by rewrite mulr_ge0 ?mass_ge0 // prodr_ge0 // => i _; rewrite divr_ge0 ?mass_ge0.
have q_sum : \sum_x q x <= 1.
  have -> : \sum_x q x = \sum_y \sum_(s : {ffun 'I_n -> Z}) G y * \prod_i (J i (s i, y) / G y).
    by rewrite exchange_big pair_big.
  rewrite -[X in _ <= X](mass_sum G); apply: ler_sum => y _; rewrite -mulr_sumr.
  have [->|Gy] := eqVneq (G y) 0; first by rewrite mul0r.
  rewrite -(bigA_distr_bigA (fun i z => J i (z, y) / G y)) /=.
  rewrite big1 ?mulr1 // => i _; by rewrite -mulr_suml sum_joint divff.
have q_dom x : q x = 0 -> joint P S g x = 0.
  case: x => s y /eqP; rewrite mulf_eq0 => /orP[/eqP|]; first exact/mass_le_eq0/joint_le_snd.
  case/prodf_eq0 => i _; rewrite mulf_eq0 invr_eq0 => /orP[] /eqP; apply: mass_le_eq0.
    by apply: Pr_mono => t /= /eqP[-> ->].
  exact: joint_le_snd.
rewrite -subr_ge0.
suff -> : information P S g - \sum_i information P (fun t => S t i) g =
          expect (joint P S g) (fun x => ln (joint P S g x / q x)) by exact: gibbs_sub.
rewrite expect_image (eq_bigr _ (fun i _ => informationE P (fun t => S t i) g)).
rewrite -expect_sum informationE -expectB; apply: eq_expect_support => t Pt.
rewrite [RHS]/= /q [(_, _).1]/= [(_, _).2]/= indep.
apply: ln_ratio_prod; first exact: (image_gt0 (fun t => (S t, g t)) Pt).
- exact: (image_gt0 g Pt).
- by move=> i; exact: (image_gt0 (fun t => S t i) Pt).
by move=> i; exact: (image_gt0 (fun t => (S t i, g t)) Pt).
Qed.

(** ** Lengths of code words *)

Lemma ln_half_power l : - ln (half_power l) = ln 2%:R * l%:R.
Proof. by rewrite /half_power lnV ?exprn_gt0 ?ltr0n // opprK lnX ?ltr0n // mulrC. Qed.

(** Shannon's bound: lengths that satisfy Kraft's inequality are on average no less than the
    entropy. *)
Lemma entropy_le_length (T : finType) (P : law T) (len : T -> nat) :
  \sum_x half_power (len x) <= 1 ->
  entropy P <= ln 2%:R * expect P (fun x => (len x)%:R).
Proof.
move=> kraft_sum; rewrite -expectZ.
apply: le_trans (entropy_le_cross P (fun x => half_power_gt0 (len x)) kraft_sum) _.
by apply: expect_mono => x; rewrite ln_half_power.
Qed.

(** There are at most [2^m] words of length [m]. *)
Lemma sum_by_size (T : finType) (f : T -> word) (M : nat) (g : nat -> R) :
  injective f -> (forall x, size (f x) < M)%N -> (forall m, 0 <= g m) ->
  \sum_x half_power (size (f x)) * g (size (f x)) <= \sum_(m < M) g m.
Proof.
move=> f_inj small g0.
rewrite (partition_big (fun x => Ordinal (small x)) predT) //=; apply: ler_sum => m _.
rewrite (eq_bigr (fun=> half_power m * g m)) => [|x /eqP <- //].
rewrite sumr_const -mulr_natl mulrA ler_pimull // ler_pdivr_mulr ?exprn_gt0 ?ltr0n //.
rewrite mul1r -natrX ler_nat.
pose h x : m.-tuple bool := insubd (nseq_tuple m false) (f x).
rewrite -[X in (_ <= X ^ _)%N]card_bool -(card_tuple m) -(card_in_imset (f := h)) ?max_card //.
have sizeE x : Ordinal (small x) == m -> size (f x) = m by move=> /eqP <-.
move=> x y /sizeE xm /sizeE ym /(congr1 val) /=.
by rewrite !insubdK -?topredE /= ?xm ?ym // => /f_inj.
Qed.

(** Different sequences of messages have different texts. *)
Definition uniquely_decodable (W : eqType) (code : W -> word) : Prop :=
  injective (fun ws : seq W => flatten (map code ws)).

(** The inequality of Kraft and McMillan. *)
Section McMillan.
Variables (W : finType) (code : W -> word).
Hypothesis unique : uniquely_decodable code.
Let K : R := \sum_w half_power (size (code w)).
Let L := (\max_w size (code w))%N.

Let text k (f : {ffun 'I_k -> W}) : word := flatten (map code (map f (enum 'I_k))).

Let text_inj k : injective (@text k).
Proof.
move=> f g /unique /eq_in_map fg; apply/ffunP => i; apply: fg; exact: mem_enum.
Qed.

Let size_texts (ws : seq W) : (size (flatten (map code ws)) <= size ws * L)%N.
Proof.
elim: ws => //= w ws IH; rewrite size_cat mulSn leq_add //.
exact: (leq_bigmax (F := fun w => size (code w))).
Qed.

Let product_texts (ws : seq W) :
  \prod_(w <- ws) half_power (size (code w)) = half_power (size (flatten (map code ws))).
Proof.
elim: ws => [|w ws IH]; first by rewrite big_nil half_power0.
by rewrite big_cons IH /= size_cat half_powerD.
Qed.

Let power_le k : K ^+ k <= (k * L).+1%:R.
Proof.
have -> : K ^+ k = \sum_(f : {ffun 'I_k -> W}) half_power (size (text f)) * 1.
  rewrite -[k in LHS]card_ord -prodr_const (bigA_distr_bigA (fun _ => _)) /=.
  apply: eq_bigr => f _; rewrite mulr1 -product_texts big_map.
  by rewrite big_enum.
have small f : (size (@text k f) < (k * L).+1)%N.
  by rewrite ltnS (leq_trans (size_texts _)) // size_map size_enum_ord.
apply: le_trans (sum_by_size (g := fun=> 1) (@text_inj k) small (fun=> ler01)) _.
by rewrite sumr_const card_ord.
Qed.

Theorem mcmillan : \sum_w half_power (size (code w)) <= 1.
Proof.
rewrite leNgt -/K; apply/negP => K1.
have [x x0 KE] : exists2 x : R, 0 < x & K = 1 + x.
  by exists (K - 1); rewrite ?subr_gt0 // addrC subrK.
have bernoulli k : 1 + k%:R * x <= K ^+ k.
  elim: k => [|k IH]; first by rewrite mul0r addr0 expr0.
  rewrite exprS; apply: (@le_trans _ _ (K * (1 + k%:R * x))); last first.
    by apply: ler_wpmul2l => //; exact: ltW (lt_trans ltr01 K1).
  rewrite KE.
  have -> : (1 + x) * (1 + k%:R * x) = 1 + k.+1%:R * x + x * (k%:R * x).
    rewrite mulrDl mul1r mulrDr mulr1 mulrS [in RHS]mulrDl mul1r !addrA; congr (_ + _).
    exact: addrAC.
  by rewrite ler_addl !mulr_ge0 ?ler0n // ltW.
have x2 : 0 < x ^+ 2 by rewrite exprn_gt0.
have y0 : 0 <= (2 * L)%:R / x ^+ 2 :> R by rewrite divr_ge0 ?ler0n // ltW.
pose k := Num.bound ((2 * L)%:R / x ^+ 2 : R).
have big : (2 * L)%:R / x ^+ 2 < k%:R by exact: archi_boundP.
have k0 : 0 < k%:R :> R by exact: le_lt_trans big.
have kx0 : 0 <= k%:R * x by rewrite mulr_ge0 ?ler0n // ltW.
have : (k%:R * x) ^+ 2 + 1 <= (k * 2 * L).+1%:R.
  apply: le_trans (power_le (k * 2)); rewrite exprM.
  apply: (@le_trans _ _ ((1 + k%:R * x) ^+ 2)); last first.
    apply: ler_expn2r (bernoulli k); rewrite nnegrE; first by rewrite addr_ge0 ?ler01.
    by rewrite exprn_ge0 // ltW // (lt_trans ltr01).
  by rewrite sqrrD expr1n mul1r addrC ler_add2r ler_addl mulrn_wge0.
rewrite mulrSr ler_add2r -mulnA natrM exprMn expr2 -mulrA ler_pmul2l // -ler_pdivl_mulr //.
by rewrite leNgt big.
Qed.

End McMillan.

(** ** Codes that are only injective *)

(** They become decodable with a prior [m] on the lengths, whose price is [- ln (m l)]. *)
Lemma entropy_le_length_prior (T : finType) (P : law T) (code : T -> word) (m : nat -> R) :
  injective code -> (forall l, 0 < m l) -> (forall M, \sum_(l < M) m l <= 1) ->
  entropy P <= expect P (fun x => ln 2%:R * (size (code x))%:R - ln (m (size (code x)))).
Proof.
move=> code_inj m0 m1.
have small x : (size (code x) < (\max_x size (code x)).+1)%N.
  by rewrite ltnS; exact: (leq_bigmax (F := fun x => size (code x))).
have q1 := le_trans (sum_by_size code_inj small (fun l => ltW (m0 l))) (m1 _).
have q0 x : 0 < half_power (size (code x)) * m (size (code x)).
  by rewrite mulr_gt0 ?half_power_gt0.
apply: le_trans (entropy_le_cross P q0 q1) _; apply: expect_mono => x.
by rewrite lnM ?half_power_gt0 // opprD ln_half_power.
Qed.

(** With the geometric prior of mean [h]. *)
Lemma entropy_le_injective (T : finType) (P : law T) (code : T -> word) (h : R) :
  injective code -> 0 < h ->
  entropy P <= (ln 2%:R + h^-1) * expect P (fun x => (size (code x))%:R) + ln (1 + h).
Proof.
move=> code_inj h0.
have h1 : 0 < 1 + h by rewrite addr_gt0 ?ltr01.
pose r := h / (1 + h); pose m l := (1 + h)^-1 * r ^+ l.
have r0 : 0 < r by rewrite divr_gt0.
have m0 l : 0 < m l by rewrite mulr_gt0 ?invr_gt0 ?exprn_gt0.
have rE : (1 + h)^-1 = 1 - r.
  by rewrite /r -{2}(divff (lt0r_neq0 h1)) -mulrBl addrK mul1r.
have m1 M : \sum_(l < M) m l <= 1.
  have -> : \sum_(l < M) m l = 1 - r ^+ M.
    rewrite -mulr_sumr rE; elim: M => [|M IH]; first by rewrite big_ord0 mulr0 expr0 subrr.
    rewrite big_ord_recr /= mulrDr IH mulrBl mul1r -exprS addrA.
    by rewrite -[1 - r ^+ M + r ^+ M]addrA addNr addr0.
  by rewrite ler_subl_addr ler_addl exprn_ge0 // ltW.
apply: le_trans (entropy_le_length_prior P code_inj m0 m1) _.
rewrite -expectZ -(expect_const P (ln (1 + h))) -expectD; apply: expect_mono => x.
move: (size _) => l; rewrite /m lnM ?invr_gt0 ?exprn_gt0 // lnV // lnX //.
rewrite opprD opprK addrCA addrA [X in _ <= X]addrC -addrA ler_add2l mulrDl ler_add2l.
rewrite -mulrN mulrC ler_wpmul2r ?ler0n //.
rewrite -lnV // /r invf_div; apply: le_trans (ln_le_sub1 _) _; first by rewrite divr_gt0.
by rewrite mulrDl mul1r divff ?gt_eqF // addrK.
Qed.

