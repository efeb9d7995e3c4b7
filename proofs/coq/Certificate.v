(** * From whole numbers to a certificate

    A certificate says: of [n] examples a network got [k] wrong, its file has so many bits, and with
    probability at least [1 - delta] its risk is below [P / D]. What has to be computed for that is
    one comparison of whole numbers, [check]. Proved here:

    - if [check] is [true], the binomial tail at [P / D] is below [delta * 2^-bits]
      ([check_tail]);
    - hence the certificate ([certified]): with probability at least [1 - delta] over the sample,
      every network whose file is at most so long and that makes at most [k] errors has a risk below
      [P / D];
    - the same from the whole sum ([check_exact], [certified_exact]), which also tells where a
      bound could not be claimed ([check_exact_best]);
    - the same from the kl form, which is one inequality between real numbers ([certified_kl]).

    The numbers have hundreds of thousands of digits; they are [bigN], machine words in a tree, and
    Coq's kernel computes with them. *)

From Coq Require Import Reals ZArith NArith Lia.
From Bignums Require Import BigN.
From mathcomp Require Import all_ssreflect ssralg ssrnum.
From mathcomp.classical Require Import boolp.
From mathcomp.analysis Require Import Rstruct.
From Nonvacuous Require Import Divergence RealArith Finite Binomial Code Occam Chernoff.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(** A quotient of two whole numbers in binary notation, as in [ratio 5 100]. *)
Definition ratio (a b : N) : R := (nat_of_bin a)%:R / (nat_of_bin b)%:R.

Arguments ratio (a b)%N_scope.

(** ** The check *)

(** [C(n, i)] for [i = 0, 1, ...]: one more factor, one more divisor. *)
Definition choose_step (n : bigN) (s : bigN * bigN) : bigN * bigN :=
  let (i, t) := s in (BigN.succ i, BigN.div (BigN.mul t (BigN.sub n i)) (BigN.succ i)).

Definition choose (n : bigN) (k : N) : bigN :=
  snd (N.iter k (choose_step n) (BigN.zero, BigN.one)).

(** With [b = D - P] and [m = (n - k + 1) P]: the ratio of the last two terms, [k b / m], is below
    1, and [dd * 2^bits * C(n, k) * P^k * b^(n-k) * m < dn * D^n * (m - k b)]. *)
Definition check (n k bits P D dn dd : N) : bool :=
  let big := BigN.of_N in
  let b := big (D - P)%num in
  let m := big ((n - k + 1) * P)%num in
  let kb := big (k * (D - P))%num in
  [&& N.leb k n, N.ltb 0 D, N.ltb 0 dd, N.leb P D, BigN.ltb kb m &
      BigN.ltb
        (BigN.mul (BigN.mul (big dd) (BigN.pow BigN.two (big bits)))
          (BigN.mul (BigN.mul (choose (big n) k) (BigN.pow (big P) (big k)))
            (BigN.mul (BigN.pow b (big (n - k)%num)) m)))
        (BigN.mul (BigN.mul (big dn) (BigN.pow (big D) (big n))) (BigN.sub m kb))].

(** ** What the check computes *)

(** The machine's number [x] is the number [m]. *)
Local Definition stands_for (x : bigN) (m : nat) : Prop := BigN.to_Z x = Z.of_nat m.

Local Lemma nat_of_binE (a : N) : nat_of_bin a = N.to_nat a.
Proof.
case: a => //=; elim=> //= p ->; rewrite NatTrec.doubleE -muln2 -multE; lia.
Qed.

Local Lemma of_N a : stands_for (BigN.of_N a) a.
Proof. by rewrite /stands_for BigN.spec_of_N nat_of_binE; lia. Qed.

Local Lemma of_mul x y m l : stands_for x m -> stands_for y l ->
  stands_for (BigN.mul x y) (m * l)%N.
Proof. by rewrite /stands_for BigN.spec_mul => -> ->; rewrite -Nat2Z.inj_mul. Qed.

Local Lemma of_pow x y m l : stands_for x m -> stands_for y l ->
  stands_for (BigN.pow x y) (m ^ l)%N.
Proof.
rewrite /stands_for BigN.spec_pow => -> ->; elim: l => [|l IH] //.
rewrite Nat2Z.inj_succ Z.pow_succ_r; last by lia.
by rewrite IH expnS -Nat2Z.inj_mul.
Qed.

Local Lemma of_sub x y m l : stands_for x m -> stands_for y l ->
  stands_for (BigN.sub x y) (m - l)%N.
Proof. by rewrite /stands_for BigN.spec_sub -minusE => -> ->; lia. Qed.

Local Lemma of_succ x m : stands_for x m -> stands_for (BigN.succ x) m.+1.
Proof. by rewrite /stands_for BigN.spec_succ => ->; lia. Qed.

Local Lemma of_div x y m l : (0 < l)%N -> stands_for x (m * l)%N -> stands_for y l ->
  stands_for (BigN.div x y) m.
Proof.
move=> /ssrnat.ltP l0; rewrite /stands_for BigN.spec_div -multE => -> ->.
by rewrite Nat2Z.inj_mul Z.div_mul //; lia.
Qed.

Local Lemma of_lt x y m l : stands_for x m -> stands_for y l -> BigN.ltb x y = true -> (m < l)%N.
Proof. by rewrite /stands_for BigN.spec_ltb => -> -> /Z.ltb_lt H; apply/ssrnat.ltP; lia. Qed.

Local Lemma of_ltb x y m l : stands_for x m -> stands_for y l -> BigN.ltb x y = (m < l)%N.
Proof.
rewrite /stands_for BigN.spec_ltb => -> ->.
by apply/idP/idP => [/Z.ltb_lt|/ssrnat.ltP] H; [apply/ssrnat.ltP | apply/Z.ltb_lt]; lia.
Qed.

Local Lemma of_choose x (n k : N) : stands_for x n -> (k <= n)%N ->
  stands_for (choose x k) 'C(n, k).
Proof.
move=> xn; pose state (k : N) := N.iter k (choose_step x) (BigN.zero, BigN.one).
suff: (k <= n)%N -> stands_for (state k).1 k /\ stands_for (state k).2 'C(n, k).
  by move=> H /H[].
elim/N.peano_ind: k => [|k IH]; first by rewrite bin0.
have -> : (N.succ k : nat) = k.+1 by rewrite !nat_of_binE; lia.
rewrite /state N.iter_succ -/(state k) => kn; have [] := IH (ltnW kn).
case: (state k) => i t /= ik tk; split; first exact: of_succ.
apply: (@of_div _ _ _ k.+1) => //; last exact: of_succ.
by rewrite mulnC mul_bin_left mulnC; apply: of_mul => //; exact: of_sub.
Qed.

(** The check in mathcomp's numbers. *)
Local Lemma check_nat (n k bits P D dn dd : N) : check n k bits P D dn dd = true ->
  [/\ (k <= n)%N, (0 < D)%N, (0 < dd)%N & (P <= D)%N] /\
  (k * (D - P) < (n - k).+1 * P)%N /\
  (dd * 2 ^ bits * ('C(n, k) * P ^ k * ((D - P) ^ (n - k) * ((n - k).+1 * P))) <
   dn * D ^ n * ((n - k).+1 * P - k * (D - P)))%N.
Proof.
case/and5P=> kn D0 dd0 PD /andP[small main].
have {}kn : (k <= n)%N by apply/ssrnat.leP; move: kn; rewrite !nat_of_binE => /N.leb_le; lia.
have {}D0 : (0 < D)%N by apply/ssrnat.ltP; move: D0; rewrite !nat_of_binE => /N.ltb_lt; lia.
have {}dd0 : (0 < dd)%N by apply/ssrnat.ltP; move: dd0; rewrite !nat_of_binE => /N.ltb_lt; lia.
have {}PD : (P <= D)%N by apply/ssrnat.leP; move: PD; rewrite !nat_of_binE => /N.leb_le; lia.
have subE (a b : N) : ((a - b)%num : nat) = (a - b)%N by rewrite !nat_of_binE -minusE; lia.
have mE : ((n - k + 1) * P)%num = ((n - k).+1 * P)%N :> nat.
  by rewrite nat_of_mul_bin nat_of_add_bin subE addn1.
have kbE : (k * (D - P))%num = (k * (D - P))%N :> nat by rewrite nat_of_mul_bin subE.
split=> //; split.
  by rewrite -mE -kbE; apply: of_lt small; exact: of_N.
rewrite -mE -kbE -(subE D P) -(subE n k); apply: of_lt main.
  apply: of_mul; first by apply: of_mul; [exact: of_N | apply: of_pow; [|exact: of_N]].
  apply: of_mul; first by apply: of_mul; [apply: of_choose | apply: of_pow]; exact: of_N || done.
  by apply: of_mul; [apply: of_pow|]; exact: of_N.
by apply: of_mul; [apply: of_mul; [|apply: of_pow] | apply: of_sub]; exact: of_N.
Qed.

(** ** The tail is below what is allowed *)

Local Lemma cancel_right (w x y v d : R) : x != 0 -> y != 0 ->
  w / x / y * d * (x * y * v) = w * v * d.
Proof.
move=> x0 y0; transitivity ((x / x) * (y / y) * (w * v * d)); last by rewrite !mulfV ?mul1r.
real_ring.
Qed.

Local Lemma cancel_left (c x y u v d e : R) : x != 0 -> y != 0 ->
  c * (u / x) * (v / y) * d * (e * (x * y)) = e * (c * u * (v * d)).
Proof.
move=> x0 y0; transitivity ((x / x) * (y / y) * (e * (c * u * (v * d)))).
  by real_ring.
by rewrite !mulfV ?mul1r.
Qed.

Theorem check_tail (n k bits P D dn dd : N) : check n k bits P D dn dd = true ->
  tail n k (ratio P D) < ratio dn dd * half_power bits.
Proof.
move=> /check_nat[[kn D0 dd0 PD] [small main]].
have Dr : 0 < D%:R :> R by rewrite ltr0n.
have ddr : 0 < dd%:R :> R by rewrite ltr0n.
have P0 : (0 < P)%N by move: small; case: (P : nat) => //; rewrite muln0.
set p := ratio P D; have p0 : 0 < p by rewrite divr_gt0 ?ltr0n.
have p1 : p <= 1 by rewrite ler_pdivr_mulr ?mul1r ?ler_nat.
have qE : 1 - p = (D - P)%:R / D%:R.
  by rewrite natrB // mulrBl mulfV ?gt_eqF.
pose m : R := (n - k).+1%:R * P%:R; pose a : R := k%:R * (D - P)%:R.
have am : a < m by rewrite /a /m -!natrM ltr_nat.
have mE : (n - k).+1%:R * p = m / D%:R by rewrite /p /ratio mulrA.
have aE : k%:R * (1 - p) = a / D%:R by rewrite qE mulrA.
have D'0 : 0 < D%:R^-1 :> R by rewrite invr_gt0.
have /= := @tail_ratio n k p kn p0 p1; rewrite mE aE -mulrBl ltr_pmul2r // !mulrA ler_pmul2r //.
move=> /(_ am) bound; rewrite -(ltr_pmul2r (_ : 0 < m - a)) ?subr_gt0 //.
apply: le_lt_trans bound _; rewrite /pmf qE !expr_div_n.
rewrite -(ltr_pmul2r (_ : 0 < dd%:R * 2%:R ^+ bits * D%:R ^+ n)); last first.
  by rewrite !mulr_gt0 ?exprn_gt0 ?ltr0Sn.
rewrite /ratio /half_power cancel_right ?gt_eqF ?exprn_gt0 ?ltr0Sn //.
rewrite -[in D%:R ^+ n](subnKC kn) exprD -[_ * (n - k).+1%:R * P%:R]mulrA.
rewrite cancel_left ?gt_eqF ?exprn_gt0 //.
by rewrite -exprD subnKC // /m /a -!natrX -!natrM -natrB ?(ltnW small) // -!natrM ltr_nat.
Qed.

Lemma ratio_ge0 a b : 0 <= ratio a b.
Proof. by rewrite divr_ge0 ?ler0n. Qed.

Local Lemma leb_leq (a b : N) : N.leb a b = true -> (a <= b)%N.
Proof. by move/N.leb_le => H; apply/ssrnat.leP; rewrite !nat_of_binE; lia. Qed.

Local Lemma ltb_ltn (a b : N) : N.ltb a b = true -> (a < b)%N.
Proof. by move/N.ltb_lt => H; apply/ssrnat.ltP; rewrite !nat_of_binE; lia. Qed.

(** ** The whole tail

    The sum itself, without [pmf / (1 - r)]: exact, but slow where [k] is large. [b = D - P]. *)

(** [(i, C(n,i) P^i, sum_(j <= i) C(n,j) P^j b^(i-j))], and the next. *)
Definition sum_step (n P b : bigN) (s : bigN * bigN * bigN) : bigN * bigN * bigN :=
  let '(i, c, sum) := s in
  let next := BigN.div (BigN.mul c (BigN.mul P (BigN.sub n i))) (BigN.succ i) in
  (BigN.succ i, next, BigN.add (BigN.mul sum b) next).

Definition scaled_sum (n P b : bigN) (k : N) : bigN :=
  snd (N.iter k (sum_step n P b) (BigN.zero, BigN.one, BigN.one)).

Definition check_exact (n k bits P D dn dd : N) : bool :=
  let big := BigN.of_N in
  let b := big (D - P)%num in
  [&& N.leb k n, N.ltb 0 D, N.ltb 0 dd, N.leb P D &
      BigN.ltb
        (BigN.mul (BigN.mul (big dd) (BigN.pow BigN.two (big bits)))
          (BigN.mul (BigN.pow b (big (n - k)%num)) (scaled_sum (big n) (big P) b k)))
        (BigN.mul (big dn) (BigN.pow (big D) (big n)))].

Local Lemma of_add x y m l : stands_for x m -> stands_for y l ->
  stands_for (BigN.add x y) (m + l)%N.
Proof. by rewrite /stands_for BigN.spec_add => -> ->; rewrite -Nat2Z.inj_add. Qed.

Local Definition partial_sum (n P b k : nat) : nat :=
  (\sum_(j < k.+1) 'C(n, j) * P ^ j * b ^ (k - j))%N.

Local Lemma partial_sumS n P b k :
  partial_sum n P b k.+1 = (partial_sum n P b k * b + 'C(n, k.+1) * P ^ k.+1)%N.
Proof.
rewrite /partial_sum big_ord_recr /= subnn expn0 muln1 big_distrl /=; congr (_ + _)%N.
by apply: eq_bigr => j _; rewrite -[RHS]mulnA -expnSr -subSn // -ltnS.
Qed.

Local Lemma of_scaled_sum x y z (n k : N) (P b : nat) :
  stands_for x n -> stands_for y P -> stands_for z b -> (k <= n)%N ->
  stands_for (scaled_sum x y z k) (partial_sum n P b k).
Proof.
move=> xn yP zb; pose state (k : N) := N.iter k (sum_step x y z) (BigN.zero, BigN.one, BigN.one).
suff: (k <= n)%N -> [/\ stands_for (state k).1.1 k, stands_for (state k).1.2 ('C(n, k) * P ^ k) &
                       stands_for (state k).2 (partial_sum n P b k)].
  by move=> H /H[].
elim/N.peano_ind: k => [|k IH].
  by rewrite bin0 /partial_sum big_ord_recl big_ord0 bin0 /=.
have -> : (N.succ k : nat) = k.+1 by rewrite !nat_of_binE; lia.
rewrite /state N.iter_succ -/(state k) => kn; have [] := IH (ltnW kn).
case: (state k) => [[i c] sum] /= ik ck sumk.
have next : stands_for (BigN.div (BigN.mul c (BigN.mul y (BigN.sub x i))) (BigN.succ i))
                       ('C(n, k.+1) * P ^ k.+1)%N.
  apply: (@of_div _ _ _ k.+1) => //; last exact: of_succ.
  have -> : ('C(n, k.+1) * P ^ k.+1 * k.+1 = 'C(n, k) * P ^ k * (P * (n - k)))%N.
    by rewrite mulnAC [('C(n, _) * k.+1)%N]mulnC mul_bin_left expnSr; ring.
  by apply: of_mul => //; apply: of_mul => //; exact: of_sub.
split=> //; first exact: of_succ.
by rewrite partial_sumS; apply: of_add => //; exact: of_mul.
Qed.

(** The comparison of whole numbers says what it should. *)
Local Lemma tail_nat (n k bits P D dn dd : N) :
  (k <= n)%N -> (0 < D)%N -> (0 < dd)%N -> (P <= D)%N ->
  (tail n k (ratio P D) < ratio dn dd * half_power bits) =
  (dd * 2 ^ bits * ((D - P) ^ (n - k) * partial_sum n P (D - P) k) < dn * D ^ n)%N.
Proof.
move=> kn D0 dd0 PD.
have Dr : 0 < D%:R :> R by rewrite ltr0n.
have ddr : 0 < dd%:R :> R by rewrite ltr0n.
have qE : 1 - ratio P D = (D - P)%:R / D%:R.
  by rewrite natrB // mulrBl mulfV ?gt_eqF.
have -> : tail n k (ratio P D) =
          ((D - P) ^ (n - k) * partial_sum n P (D - P) k)%:R / D%:R ^+ n.
  rewrite /tail /partial_sum big_distrr natr_sum mulr_suml; apply: eq_bigr => -[j /=].
  rewrite ltnS => jk _; rewrite /pmf qE !expr_div_n.
  have -> : D%:R ^+ n = D%:R ^+ j * D%:R ^+ (n - j) :> R.
    by rewrite -exprD subnKC // (leq_trans jk).
  have -> : ((D - P) ^ (n - k) * ('C(n, j) * P ^ j * (D - P) ^ (k - j)) =
             'C(n, j) * P ^ j * (D - P) ^ (n - j))%N.
    by rewrite mulnCA -expnD addnBA // subnK.
  by rewrite !natrM !natrX -mulf_div -(mulrA _ (P%:R ^+ j)).
rewrite ltr_pdivr_mulr ?exprn_gt0 // /ratio /half_power.
rewrite -(ltr_pmul2r (_ : 0 < dd%:R * 2%:R ^+ bits * 1)) ?mulr_gt0 ?exprn_gt0 ?ltr0Sn //.
rewrite cancel_right ?gt_eqF ?exprn_gt0 ?ltr0Sn // !mulr1.
by rewrite mulrC -!natrX -!natrM ltr_nat.
Qed.

Local Lemma check_exactE (n k bits P D dn dd : N) :
  [&& N.leb k n, N.ltb 0 D, N.ltb 0 dd & N.leb P D] = true ->
  check_exact n k bits P D dn dd = (tail n k (ratio P D) < ratio dn dd * half_power bits).
Proof.
rewrite /check_exact => /and4P[kn D0 dd0 PD]; rewrite kn D0 dd0 PD /=.
move: kn D0 dd0 PD => /leb_leq kn /ltb_ltn D0 /ltb_ltn dd0 /leb_leq PD.
rewrite tail_nat //.
have subE (a b : N) : ((a - b)%num : nat) = (a - b)%N by rewrite !nat_of_binE -minusE; lia.
rewrite -(subE D P) -(subE n k); apply: of_ltb; apply: of_mul.
- by apply: of_mul; [exact: of_N | apply: of_pow; [|exact: of_N]].
- by apply: of_mul; [apply: of_pow | apply: of_scaled_sum]; rewrite ?of_N //; exact: of_N.
- exact: of_N.
by apply: of_pow; exact: of_N.
Qed.

Theorem check_exact_tail (n k bits P D dn dd : N) : check_exact n k bits P D dn dd = true ->
  0 <= ratio P D <= 1 /\ tail n k (ratio P D) < ratio dn dd * half_power bits.
Proof.
move=> ok; have /and5P[kn D0 dd0 PD _] := ok.
rewrite -check_exactE ?kn ?D0 ?dd0 ?PD //; split=> //.
by rewrite ratio_ge0 ler_pdivr_mulr ?ltr0n ?(ltb_ltn D0) // mul1r ler_nat leb_leq.
Qed.

(** Where the answer is no, the bound could not be claimed: the tail is as large as allowed. *)
Theorem check_exact_best (n k bits P D dn dd : N) :
  [&& N.leb k n, N.ltb 0 D, N.ltb 0 dd & N.leb P D] = true ->
  check_exact n k bits P D dn dd = false ->
  ratio dn dd * half_power bits <= tail n k (ratio P D).
Proof. by move=> sides; rewrite check_exactE // leNgt => ->. Qed.

(** ** The certificate *)

(** With any prior, and however the tail at [p] was bounded: all descriptions of prior at least
    [2^-bits] with at most [k] errors. *)
Theorem certified_prior n k bits (p delta : R) :
  0 <= p <= 1 -> 0 <= delta -> tail n k p < delta * half_power bits ->
  forall (Z : finType) (P : law Z) (I : eqType) (C : I -> Prop) (prior : I -> R)
         (err : I -> pred Z),
  subprobability C prior ->
  1 - delta <= Pr (iid P n) [pred s |
    `[< forall i, C i -> half_power bits <= prior i -> (errors (err i) s <= k)%N ->
        risk P (err i) < p >]].
Proof.
move=> p01 delta0 small Z P I C prior err sub.
apply: le_trans (occam_prior_bound P n err sub delta0) _.
apply: Pr_mono => s /= /asboolP good; apply/asboolP => i Ci large few.
apply: good => //; first by case/andP: p01.
apply: le_lt_trans (tail_errors_mono _ p01 few) _.
by apply: lt_le_trans small _; exact: ler_wpmul2l.
Qed.

(** With files: [F] is the family of the formats that could have come out, at most [2^charge] of
    them ([charge] is 64 or more: proofs/design.md), [C f] the files of the format [f] as bit
    strings, [err f w] what the network in the file [w] gets wrong. Every file of at most [file]
    bits whose network makes at most [k] errors on the sample has a risk below [p]. *)
Theorem certified_files n k file charge (p delta : R) :
  0 <= p <= 1 -> 0 <= delta -> tail n k p < delta * half_power (file + charge) ->
  forall (Z : finType) (P : law Z) (F : finType) (C : F -> word -> Prop)
         (err : F -> word -> pred Z),
  (#|F| <= 2 ^ charge)%N -> (forall f, prefix_free (C f)) ->
  1 - delta <= Pr (iid P n) [pred s |
    `[< forall f w, C f w -> (size w <= file)%N -> (errors (err f w) s <= k)%N ->
        risk P (err f w) < p >]].
Proof.
move=> p01 delta0 small Z P F C err Fcharge free.
have sub := kraft_formats Fcharge free.
apply: le_trans (certified_prior p01 delta0 small P (fun x => err x.1 x.2) sub) _.
apply: Pr_mono => s /= /asboolP good; apply/asboolP => f w Cw short few.
by apply: (good (f, w)) => //=; apply: half_power_mono; rewrite addnC leq_add2r.
Qed.

Lemma check_ratio (n k bits num den dn dd : N) : check n k bits num den dn dd = true ->
  0 <= ratio num den <= 1.
Proof.
case/check_nat=> -[_ den0 _ le] _.
by rewrite ratio_ge0 ler_pdivr_mulr ?ltr0n // mul1r ler_nat.
Qed.

(** Files of several versions, of which later ones are charged more (proofs/design.md): all files
    that with their charge have at most [bits] bits. *)
Theorem certified_design n k bits (p delta : R) :
  0 <= p <= 1 -> 0 <= delta -> tail n k p < delta * half_power bits ->
  forall (Z : finType) (P : law Z) (V F : finType) (version : F -> V) (C : F -> word -> Prop)
         (m : V -> R) (charge : V -> nat) (err : F -> word -> pred Z),
  (forall v, #|[set f | version f == v]| <= 2 ^ charge v)%N ->
  (forall f, sum_at_most (m (version f)) (C f) (fun w => half_power (size w))) ->
  (forall v, 0 <= m v) -> \sum_v m v <= 1 ->
  1 - delta <= Pr (iid P n) [pred s |
    `[< forall f w, C f w -> (size w + charge (version f) <= bits)%N ->
        (errors (err f w) s <= k)%N -> risk P (err f w) < p >]].
Proof.
move=> p01 delta0 small Z P V F version C m charge err few sums m0 all.
have sub := kraft_design few sums m0 all.
apply: le_trans (certified_prior p01 delta0 small P (fun x => err x.1 x.2) sub) _.
apply: Pr_mono => s /= /asboolP good; apply/asboolP => f w Cw short fewer.
by apply: (good (f, w)) => //=; apply: half_power_mono; rewrite addnC.
Qed.

(** The exact binomial tail: one comparison of whole numbers. *)
Theorem certified (n k file charge num den dn dd : N) :
  check n k (file + charge) num den dn dd = true ->
  forall (Z : finType) (P : law Z) (F : finType) (C : F -> word -> Prop)
         (err : F -> word -> pred Z),
  (#|F| <= 2 ^ charge)%N -> (forall f, prefix_free (C f)) ->
  1 - ratio dn dd <= Pr (iid P n) [pred s |
    `[< forall f w, C f w -> (size w <= file)%N -> (errors (err f w) s <= k)%N ->
        risk P (err f w) < ratio num den >]].
Proof.
move=> ok; apply: certified_files (check_ratio ok) (ratio_ge0 dn dd) _.
by have := check_tail ok; rewrite nat_of_add_bin.
Qed.

(** The same from the whole sum. *)
Theorem certified_exact (n k file charge num den dn dd : N) :
  check_exact n k (file + charge) num den dn dd = true ->
  forall (Z : finType) (P : law Z) (F : finType) (C : F -> word -> Prop)
         (err : F -> word -> pred Z),
  (#|F| <= 2 ^ charge)%N -> (forall f, prefix_free (C f)) ->
  1 - ratio dn dd <= Pr (iid P n) [pred s |
    `[< forall f w, C f w -> (size w <= file)%N -> (errors (err f w) s <= k)%N ->
        risk P (err f w) < ratio num den >]].
Proof.
move=> /check_exact_tail[range01 small]; apply: certified_files range01 (ratio_ge0 dn dd) _.
by move: small; rewrite nat_of_add_bin.
Qed.

(** ** The kl form: one inequality between real numbers *)

Definition real (a : N) : R := IZR (Z.of_N a).

Arguments real a%N_scope.

Local Lemma nat_real (a : N) : (nat_of_bin a)%:R = real a.
Proof. by rewrite -INRE INR_IZR_INZ nat_of_binE N_nat_Z. Qed.

Local Lemma ratio_real (a b : N) : (0 < b)%N -> ratio a b = (real a / real b)%coq.
Proof.
by move=> b0; rewrite /ratio !nat_real -RdivE // -nat_real gt_eqF ?ltr0n.
Qed.

(** [k <= n], [k/n <= num/den < 1], [delta > 0]. *)
Definition in_range (n k num den dn dd : N) : bool :=
  [&& N.leb k n, N.ltb 0 n, N.leb (k * den) (num * n), N.ltb num den, N.ltb 0 dn & N.ltb 0 dd].

Theorem certified_kl (n k file charge num den dn dd : N) :
  in_range n k num den dn dd = true ->
  (real n * kl (real k / real n)%coq (real num / real den)%coq >
   ln (1 / (real dn / real dd))%coq + real (file + charge) * ln 2%coq)%coq ->
  forall (Z : finType) (P : law Z) (F : finType) (C : F -> word -> Prop)
         (err : F -> word -> pred Z),
  (#|F| <= 2 ^ charge)%N -> (forall f, prefix_free (C f)) ->
  1 - ratio dn dd <= Pr (iid P n) [pred s |
    `[< forall f w, C f w -> (size w <= file)%N -> (errors (err f w) s <= k)%N ->
        risk P (err f w) < ratio num den >]].
Proof.
case/and5P=> /leb_leq kn /ltb_ltn n0 /leb_leq above /ltb_ltn below /andP[/ltb_ltn dn0 /ltb_ltn dd0].
have den0 : (0 < den)%N by apply: leq_ltn_trans below.
move=> large; apply: certified_files; rewrite ?ratio_ge0 //=.
  by rewrite ler_pdivr_mulr ?ltr0n // mul1r ler_nat ltnW.
apply: kl_small_tail; rewrite ?divr_gt0 ?ltr0n //.
- rewrite ler_pdivr_mulr ?ltr0n // mulrAC ler_pdivl_mulr ?ltr0n // -!natrM ler_nat.
  by rewrite -!nat_of_mul_bin.
- by rewrite ltr_pdivr_mulr ?ltr0n // mul1r ltr_nat.
by move: large; rewrite -(ratio_real k n0) -(ratio_real num den0) -(ratio_real dn dd0) -!nat_real
  nat_of_add_bin.
Qed.
