(** * The tail by the Kullback-Leibler divergence

    Chernoff's bound: at most [k] errors among [n] have probability at most [exp (- n kl (k/n, p))]
    where [k/n <= p] ([chernoff]). So Occam's bound follows from
    [n kl (k/n, p) > ln (1/delta) + bits ln 2] ([kl_small_tail]), and a certificate from that
    inequality for its numbers ([certified_kl]). *)

From Coq Require Import Reals ZArith NArith Lra Lia.
From Nonvacuous Require Import Divergence.
From mathcomp Require Import all_ssreflect ssralg ssrnum.
From mathcomp.classical Require Import boolp.
From mathcomp.analysis Require Import Rstruct.
From Nonvacuous Require Import RealArith Finite Binomial Code Occam.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(** [x%coq] are operations of Coq's [Reals]. *)
Delimit Scope R_scope with coq.

(** ** Without logarithms *)

Lemma chernoff_product n k q p : (k <= n)%N -> 0 <= q -> q <= p -> p <= 1 ->
  tail n k p * (q ^+ k * (1 - q) ^+ (n - k)) <= p ^+ k * (1 - p) ^+ (n - k).
Proof.
move=> kn q0 qp p1; have p0 := le_trans q0 qp; have q1 := le_trans qp p1.
have p'0 : 0 <= 1 - p by rewrite subr_ge0.
have q'0 : 0 <= 1 - q by rewrite subr_ge0.
have odds : q * (1 - p) <= p * (1 - q) by rewrite !mulrBr !mulr1 [q * p]mulrC ler_add2r.
apply: (@le_trans _ _ (p ^+ k * (1 - p) ^+ (n - k) * tail n k q)); last first.
  by rewrite ler_pimulr ?mulr_ge0 ?exprn_ge0 // tail_le1 ?q0.
rewrite /tail mulr_suml mulr_sumr; apply: ler_sum => -[j /=]; rewrite ltnS => jk _.
have term (x y : R) : x ^+ j * (1 - x) ^+ (n - j) * (y ^+ k * (1 - y) ^+ (n - k)) =
    x ^+ j * (1 - x) ^+ (n - k) * (y ^+ j * (1 - y) ^+ (n - k)) *
    (y ^+ (k - j) * (1 - x) ^+ (k - j)).
  have -> : (n - j = (n - k) + (k - j))%N by rewrite addnBA // subnK.
  have -> : y ^+ k = y ^+ j * y ^+ (k - j) by rewrite -exprD subnKC.
  by rewrite exprD; real_ring.
have left : pmf n j p * (q ^+ k * (1 - q) ^+ (n - k)) =
    'C(n, j)%:R * (p ^+ j * (1 - p) ^+ (n - j) * (q ^+ k * (1 - q) ^+ (n - k))).
  by rewrite /pmf !mulrA.
have right : p ^+ k * (1 - p) ^+ (n - k) * pmf n j q =
    'C(n, j)%:R * (q ^+ j * (1 - q) ^+ (n - j) * (p ^+ k * (1 - p) ^+ (n - k))).
  by rewrite /pmf mulrC !mulrA.
rewrite left right !term; apply: ler_wpmul2l; first by rewrite ler0n.
rewrite [X in _ <= X * _]mulrC; apply: ler_wpmul2l; first by rewrite !mulr_ge0 ?exprn_ge0.
by rewrite -exprMn -[X in _ <= X]exprMn ler_expn2r ?nnegrE ?mulr_ge0.
Qed.

(** ** With logarithms *)

Lemma exp_ln_pow (x : R) m : (m = 0)%N \/ 0 < x -> exp (m%:R * ln x) = x ^+ m.
Proof.
case=> [->|/RltP x0]; first by rewrite mul0r expR0 expr0.
by rewrite mulr_natl -expRX exp_ln.
Qed.

Theorem chernoff n k (p : R) : (k <= n)%N -> (0 < n)%N -> k%:R / n%:R <= p -> p < 1 ->
  tail n k p <= exp (- (n%:R * kl (k%:R / n%:R) p)).
Proof.
move=> kn n0 qp p1; set q := k%:R / n%:R in qp *.
have n'0 : 0 < n%:R :> R by rewrite ltr0n.
have q0 : 0 <= q by rewrite divr_ge0 ?ler0n.
have q1 : 0 < 1 - q by rewrite subr_gt0; apply: le_lt_trans p1.
have p'1 : 0 < 1 - p by rewrite subr_gt0.
have nq : n%:R * q = k%:R by rewrite mulrC divfK ?gt_eqF.
have nq' : n%:R * (1 - q) = (n - k)%:R by rewrite mulrBr mulr1 nq natrB.
have kpos : (k = 0)%N \/ 0 < q.
  by case: (posnP k) => [->|k0]; [left | right; rewrite divr_gt0 ?ltr0n].
have power_pos : 0 < q ^+ k * (1 - q) ^+ (n - k).
  apply: mulr_gt0; last exact: exprn_gt0.
  by case: kpos => [k0|q'0]; [rewrite k0 expr0 ltr01 | exact: exprn_gt0].
set u := (q / p)%coq; set v := ((1 - q) / (1 - p))%coq.
have vE : v = (1 - q) / (1 - p) by rewrite -RdivE ?gt_eqF.
have uE : 0 < q -> u = q / p by move=> q'0; rewrite -RdivE // gt_eqF // (lt_le_trans q'0).
have -> : n%:R * kl q p = k%:R * ln u + (n - k)%:R * ln v.
  by rewrite -nq' -nq -(mulrA _ q) -(mulrA _ (1 - q)) -mulrDr.
have v0 : 0 < v by rewrite vE divr_gt0.
have u0 : (k = 0)%N \/ 0 < u.
  case: kpos => [k0|q'0]; [by left | right].
  by rewrite (uE q'0); apply: divr_gt0 => //; exact: lt_le_trans qp.
have uv0 : 0 < u ^+ k * v ^+ (n - k).
  apply: mulr_gt0; last exact: exprn_gt0.
  by case: u0 => [k0|u'0]; [rewrite k0 expr0 ltr01 | exact: exprn_gt0].
have -> : exp (- (k%:R * ln u + (n - k)%:R * ln v)) = (u ^+ k * v ^+ (n - k))^-1.
  rewrite -RoppE exp_Ropp -expRD exp_ln_pow // exp_ln_pow; last by right.
  by rewrite RinvE // gt_eqF.
have -> : (u ^+ k * v ^+ (n - k))^-1 =
    (p ^+ k * (1 - p) ^+ (n - k)) / (q ^+ k * (1 - q) ^+ (n - k)).
  have -> : u ^+ k = q ^+ k / p ^+ k.
    by case: kpos => [k0|q'0]; [rewrite k0 !expr0 divr1 | rewrite uE // (expr_div_n q p)].
  by rewrite vE (expr_div_n (1 - q) (1 - p)) mulf_div invf_div.
by rewrite ler_pdivl_mulr // chernoff_product // ltW.
Qed.

(** The kl form of Occam's condition. *)
Theorem kl_small_tail n k (p delta : R) bits : (k <= n)%N -> (0 < n)%N -> k%:R / n%:R <= p ->
  p < 1 -> 0 < delta ->
  (n%:R * kl (k%:R / n%:R)%R p > ln (1 / delta)%coq + bits%:R * ln 2%coq)%coq ->
  tail n k p < delta * half_power bits.
Proof.
move=> kn n0 qp p1 /RltP delta0 large; apply: le_lt_trans (chernoff kn n0 qp p1) _.
have -> : delta * half_power bits = exp (- (ln (1 / delta)%coq + bits%:R * ln 2%coq)%coq).
  have two0 : (0 < 2)%coq by exact: Rlt_0_2.
  have -> : (1 / delta)%coq = (/ delta)%coq by rewrite /Rdiv Rmult_1_l.
  rewrite -RoppE exp_Ropp exp_plus ln_Rinv // exp_Ropp exp_ln //.
  rewrite exp_ln_pow; last by right; exact/RltP.
  rewrite Rinv_mult Rinv_inv RinvE //.
  by rewrite expf_neq0 //; apply/eqP => /eqP; rewrite (_ : (2 = 2%:R :> R)%coq) ?pnatr_eq0.
by apply/RltP; apply: exp_increasing; rewrite -!RoppE; exact: Ropp_lt_contravar.
Qed.
