(** * The lower tail of the binomial law

    [tail n k p] is the probability that of [n] independent examples, on each of which an error has
    probability [p], at most [k] are errors. Proved here:

    - it is that probability, for the law [iid] of [Finite.v] ([Pr_errors_le]);
    - it does not increase with [p] ([tail_mono]);
    - the number of errors has a small tail only with small probability ([Pr_tail_lt]): the event
      [tail n K p < eps] has probability at most [eps]. This is what Clopper and Pearson's bound
      and Occam's bound rest on;
    - [tail <= pmf / (1 - r)] with [r] the ratio of the last two terms, which makes a tail easy to
      bound with whole numbers ([tail_le_ratio]). *)

From Coq Require Import Reals.
From mathcomp Require Import all_ssreflect ssralg ssrnum.
From mathcomp.analysis Require Import Rstruct.
From Nonvacuous Require Import RealArith Finite.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(** The probability of exactly [j] errors, and of at most [k]. *)
Definition pmf (n j : nat) (p : R) : R := 'C(n, j)%:R * p ^+ j * (1 - p) ^+ (n - j).

Definition tail (n k : nat) (p : R) : R := \sum_(j < k.+1) pmf n j p.

Lemma pmf_ge0 n j p : 0 <= p <= 1 -> 0 <= pmf n j p.
Proof.
by case/andP=> p0 p1; rewrite !mulr_ge0 ?ler0n ?exprn_ge0 ?subr_ge0.
Qed.

Lemma tail_ge0 n k p : 0 <= p <= 1 -> 0 <= tail n k p.
Proof. by move=> p01; apply: sumr_ge0 => j _; exact: pmf_ge0. Qed.

(** ** The tail does not increase with the probability of an error *)

Section Monotone.

(** The probability of fewer than [m] errors. *)
Let below n m p : R := \sum_(j < m) pmf n j p.

Let below_ge0 n m p : 0 <= p <= 1 -> 0 <= below n m p.
Proof. by move=> p01; apply: sumr_ge0 => j _; exact: pmf_ge0. Qed.

(** One example more: it is right, or it is an error. *)
Lemma pmfS0 n p : pmf n.+1 0 p = (1 - p) * pmf n 0 p.
Proof. by rewrite /pmf !bin0 !expr0 !mul1r !subn0 exprS. Qed.

Lemma pmfS n j p : pmf n.+1 j.+1 p = (1 - p) * pmf n j.+1 p + p * pmf n j p.
Proof.
rewrite /pmf binS natrD mulrDl mulrDl; congr (_ + _); last first.
  by rewrite subSS exprS; real_ring.
rewrite subSS; case: (ltnP j n) => jn; last by rewrite bin_small // !mul0r mulr0.
by rewrite -(subnSK jn) [(1 - p) ^+ _.+1]exprS; real_ring.
Qed.

Let belowS n m p : below n.+1 m.+1 p = (1 - p) * below n m.+1 p + p * below n m p.
Proof.
rewrite /below big_ord_recl pmfS0 [X in _ = _ * X + _]big_ord_recl mulrDr -addrA.
congr (_ + _); rewrite !mulr_sumr -big_split /=; apply: eq_bigr => j _; exact: pmfS.
Qed.

Let below_mono n m p q : 0 <= p -> p <= q -> q <= 1 -> below n m q <= below n m p.
Proof.
move=> p0 pq q1; have q0 := le_trans p0 pq; have p1 := le_trans pq q1.
elim: n m => [|n IH] [|m]; rewrite ?/below ?big_ord0 //.
  rewrite !big_ord_recl /pmf /= !expr0 ler_add2l.
  by rewrite !big1 // => j _; rewrite bin_small // !mul0r.
rewrite -!/(below _ _ _) !belowS.
apply: (@le_trans _ _ ((1 - q) * below n m.+1 p + q * below n m p)).
  by rewrite ler_add // ler_wpmul2l ?subr_ge0.
have mono : below n m p <= below n m.+1 p.
  by rewrite /below big_ord_recr /= ler_addl pmf_ge0 ?p0.
rewrite -subr_ge0.
have -> : (1 - p) * below n m.+1 p + p * below n m p -
    ((1 - q) * below n m.+1 p + q * below n m p) =
    (q - p) * (below n m.+1 p - below n m p) by real_ring.
by rewrite mulr_ge0 ?subr_ge0.
Qed.

Lemma tail_mono n k p q : 0 <= p -> p <= q -> q <= 1 -> tail n k q <= tail n k p.
Proof. exact: below_mono. Qed.

End Monotone.

(** A smaller number of errors has a smaller tail; all numbers together have probability 1. *)

Lemma tail_errors_mono n k l p : 0 <= p <= 1 -> (k <= l)%N -> tail n k p <= tail n l p.
Proof.
move=> p01 kl; rewrite /tail (big_ord_widen l.+1 (fun j => pmf n j p)) ?ltnS // big_mkcond /=.
by apply: ler_sum => j _; case: ifP => // _; exact: pmf_ge0.
Qed.

Lemma tail_all n p : tail n n p = 1.
Proof.
rewrite -(expr1n _ n) -[X in _ = X ^+ n](subrK p 1) exprDn /tail.
by apply: eq_bigr => j _; rewrite /pmf -(mulr_natl (_ * _)) -mulrA [p ^+ j * _]mulrC.
Qed.

Lemma tail_le1 n k p : 0 <= p <= 1 -> (k <= n)%N -> tail n k p <= 1.
Proof. by move=> p01 kn; rewrite -(tail_all n p); exact: tail_errors_mono. Qed.

(** ** The law of the number of errors *)

Section Count.
Variables (Z : finType) (P : law Z) (n : nat) (err : pred Z).

(** Where a sample's errors are, how many, and the probability of an error on a new example. *)
Definition errors_at (s : sample n Z) : {set 'I_n} := [set i | err (s i)].
Definition errors (s : sample n Z) : nat := #|errors_at s|.
Definition risk : R := Pr P err.

Lemma risk01 : 0 <= risk <= 1.
Proof. by rewrite Pr_ge0 Pr_le1. Qed.

Lemma errors_le s : (errors s <= n)%N.
Proof. by rewrite -[X in (_ <= X)%N](card_ord n) max_card. Qed.

(** The errors are exactly those of a given set. *)
Lemma Pr_errors_at (B : {set 'I_n}) :
  Pr (iid P n) [pred s | errors_at s == B] = risk ^+ #|B| * (1 - risk) ^+ (n - #|B|).
Proof.
pose A i := if i \in B then err else predC err.
have -> : Pr (iid P n) [pred s | errors_at s == B] =
          Pr (iid P n) [pred s : sample n Z | [forall i, A i (s i)]].
  apply: eq_Pr => s /=; apply/eqP/forallP => [BE i|H].
    by rewrite /A -BE inE; case: (boolP (err (s i))).
  by apply/setP => i; have := H i; rewrite /A inE; case: ifP => //= _ /negbTE.
rewrite Pr_iid_forall (bigID (mem B)) /=; congr (_ * _).
  rewrite -(prodr_const (mem B)); apply: eq_bigr => i iB; by rewrite /A iB.
have <- : #|~: B| = (n - #|B|)%N by rewrite cardsCs setCK card_ord.
rewrite -[RHS]prodr_const; apply: eq_big => [i|i /negbTE iB]; first by rewrite inE.
by rewrite /A iB; exact: Pr_not.
Qed.

(** Any event about where the errors are. *)
Lemma Pr_errors_in (Q : pred {set 'I_n}) :
  Pr (iid P n) [pred s | Q (errors_at s)] =
  \sum_(B | Q B) risk ^+ #|B| * (1 - risk) ^+ (n - #|B|).
Proof.
rewrite /Pr (partition_big errors_at Q) //=; apply: eq_bigr => B QB.
rewrite -Pr_errors_at; apply: eq_bigl => s /=.
by case: eqP => [->|_]; rewrite ?QB ?andbF.
Qed.

(** The number of errors has the binomial law. *)
Lemma Pr_errors_eq j : Pr (iid P n) [pred s | errors s == j] = pmf n j risk.
Proof.
rewrite (Pr_errors_in (fun B => #|B| == j)).
rewrite (eq_bigr (fun=> risk ^+ j * (1 - risk) ^+ (n - j))); last by move=> B /= /eqP ->.
rewrite sumr_const (_ : #|_| = 'C(n, j)); first by rewrite -mulr_natl mulrA.
by rewrite -[X in 'C(X, _)](card_ord n) -card_draws cardsE; apply: eq_card => B.
Qed.

Lemma Pr_errors_le k : Pr (iid P n) [pred s | (errors s <= k)%N] = tail n k risk.
Proof.
rewrite /Pr (partition_big (fun s => inord (errors s) : 'I_k.+1) xpredT) //=.
apply: eq_bigr => j _; rewrite -Pr_errors_eq; apply: eq_bigl => s /=.
apply/andP/eqP => [[sk /eqP <-]|->]; first by rewrite inordK.
by rewrite -ltnS ltn_ord; split=> //; rewrite inord_val.
Qed.

End Count.

(** ** A number is seldom far down in its own law *)

(** Let [F k] be the probability that [K <= k]. Then [F K < eps] has probability at most [eps]. *)
Lemma Pr_small_tail (T : finType) (P : law T) (K : T -> nat) (eps : R) : 0 <= eps ->
  Pr P [pred x | Pr P [pred y | (K y <= K x)%N] < eps] <= eps.
Proof.
move=> eps0; set small := [pred x | _].
case: (pickP small) => [x0 smallx0|none]; last first.
  by rewrite (eq_Pr P (B := pred0)) ?Pr_false.
have [x smallx xmax] := arg_maxnP K smallx0.
by apply: le_trans (ltW smallx); apply: Pr_mono => y smally /=; exact: xmax.
Qed.

(** The key to Clopper and Pearson's bound, and to Occam's. *)
Lemma Pr_tail_lt (Z : finType) (P : law Z) (n : nat) (err : pred Z) (eps : R) : 0 <= eps ->
  Pr (iid P n) [pred s | tail n (errors err s) (risk P err) < eps] <= eps.
Proof.
move=> eps0; apply: le_trans (Pr_small_tail (iid P n) (@errors Z n err) eps0).
by apply: Pr_mono => s /=; rewrite -Pr_errors_le.
Qed.

(** What an upper bound says: where [p] has a smaller tail than the risk, the risk is below [p]. *)
Lemma risk_lt (Z : finType) (P : law Z) (err : pred Z) n k p eps :
  0 <= p -> tail n k p < eps -> eps <= tail n k (risk P err) -> risk P err < p.
Proof.
move=> p0 small large; rewrite ltNge; apply/negP => p_le; move: small; apply/negP.
rewrite -leNgt; apply: le_trans large _; apply: tail_mono => //.
by case/andP: (risk01 P err).
Qed.

(** ** A bound with whole numbers only

    The terms of the tail fall at least by the ratio of the last two, so that the tail is at most
    the last term times a geometric series. *)

Lemma pmf_ratio n j p : (j < n)%N ->
  (n - j)%:R * p * pmf n j p = j.+1%:R * (1 - p) * pmf n j.+1 p.
Proof.
move=> jn; rewrite /pmf -(subnSK jn) [(1 - p) ^+ _.+1]exprS exprS.
have := mul_bin_left n j => /(congr1 (fun m : nat => m%:R : R)); rewrite !natrM => E.
transitivity (((n - j)%:R * 'C(n, j)%:R) * (p * p ^+ j * ((1 - p) * (1 - p) ^+ (n - j.+1)))).
  by rewrite -(subnSK jn); real_ring.
by rewrite -E; real_ring.
Qed.

(** With [r = k (1 - p) / ((n - k + 1) p)] below 1 this is [tail <= pmf / (1 - r)], without the
    division. *)
Lemma tail_ratio n k p : (k <= n)%N -> 0 < p -> p <= 1 ->
  let m := (n - k).+1%:R * p in
  let a := k%:R * (1 - p) in
  a < m -> tail n k p * (m - a) <= pmf n k p * m.
Proof.
move=> kn p0 p1 /=; have p01 : 0 <= p <= 1 by rewrite ltW.
elim: k kn => [|k IH] kn small.
  by rewrite /tail big_ord_recl big_ord0 addr0 mul0r subr0.
pose m := (n - k.+1).+1%:R * p; pose a := k.+1%:R * (1 - p).
pose m' := (n - k).+1%:R * p; pose a' := k%:R * (1 - p).
have q0 : 0 <= 1 - p by rewrite subr_ge0.
have m0 : 0 < m by rewrite mulr_gt0 ?ltr0Sn.
have m'0 : 0 < m' by rewrite mulr_gt0 ?ltr0Sn.
have mm' : m <= m' by rewrite ler_wpmul2r ?ler_nat ?ltnS ?leq_sub2l // ltW.
have aa' : a' <= a by rewrite ler_wpmul2r ?ler_nat.
have small' : a' < m' by apply: le_lt_trans aa' _; apply: lt_le_trans mm'.
have {}IH := IH (ltnW kn) small'.
have ratio : m * pmf n k p = a * pmf n k.+1 p by rewrite -pmf_ratio // /m subnSK.
have tail0 : 0 <= tail n k p by exact: tail_ge0.
have key : tail n k p * (m - a) <= pmf n k p * m.
  rewrite -(ler_pmul2r m'0).
  apply: (@le_trans _ _ (tail n k p * (m' - a') * m)).
    rewrite -!mulrA ler_wpmul2l // !mulrBl ler_sub ?[m' * m]mulrC //.
    by apply: ler_pmul => //; [rewrite mulr_ge0 ?ler0n | exact: ltW].
  by rewrite [pmf n k p * m * m']mulrAC ler_pmul2r.
rewrite -/m -/a /tail big_ord_recr /= -/(tail n k p) mulrDl.
have -> : pmf n k.+1 p * m = pmf n k p * m + pmf n k.+1 p * (m - a).
  by rewrite [pmf n k p * m]mulrC ratio; real_ring.
by rewrite ler_add2r.
Qed.
