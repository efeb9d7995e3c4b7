(** * The converse: overfitting limits compressibility (proofs/limit.md)

    A learner maps a sample of [n] independent examples, a seed that the decoder knows and noise
    that it does not know to a hypothesis, which is written in a code whose lengths satisfy Kraft's
    inequality. Let [e] and [L] be its expected training and test error, or any expected loss in
    [0, 1]. Proved here ([converse]), in nats, all given the seed:

        n kl (e, L) <= sum_i I(Z_i; W) <= I(S; W) <= H(W) <= ln 2 * E |W|

    link by link: [kl_le_examples] (data processing and joint convexity), [examples_le_sample]
    (independence), [sample_le_entropy] (the hypothesis is discrete), [entropy_le_code] (Shannon).
    The left side is finite on paper too: [L = 0] only with [e = 0], [L = 1] only with [e = 1]. The
    third link is an equality for a learner without noise, see [converse_deterministic], where
    everything is written out.

    Then the limit in bits ([limit_kl], for uniquely decodable and for prefix-free codes
    [limit_uniquely_decodable] and [limit_prefix_free]), its weaker forms ([limit_jensen_shannon],
    [limit_pinsker]), what [B] expected bits allow ([budget], [budget_excludes],
    [max_test_error]), and codes that are only injective ([entropy_le_code_length_prior],
    [limit_injective]). Last, a learner for which all links are equalities ([one_bit]).

    All spaces are finite. Nothing is assumed of the learner. Errors are expectations over the
    random sample, seed and noise: nothing here is about a single run. *)

From Coq Require Import Reals Lra.
From mathcomp Require Import all_ssreflect ssralg ssrnum.
From mathcomp.analysis Require Import Rstruct.
From Nonvacuous Require Import Divergence Finite Binomial Code Information.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(** Arguments in [R] are written with MathComp's operations, whose division is total. *)
#[local] Bind Scope ring_scope with R.
#[local] Arguments ln x%R.
#[local] Arguments kl (q p)%R.

(** ** Losses *)

Section Loss.
Variables (Z W : finType) (D : law Z) (n : nat) (loss : W -> Z -> R).

(** The mean loss on a sample, and on a new example. *)
Definition empirical (s : sample n Z) (w : W) : R := (\sum_i loss w (s i)) / n%:R.
Definition population (w : W) : R := expect D (loss w).

Hypothesis loss_prob : forall w z, 0 <= loss w z <= 1.

Lemma population_prob w : 0 <= population w <= 1.
Proof. by apply: expect_prob; exact: loss_prob. Qed.

Lemma empirical_prob s w : 0 <= empirical s w <= 1.
Proof.
apply/andP; split.
  by apply: divr_ge0; [apply: sumr_ge0 => i _; have /andP[] := loss_prob w (s i) | exact: ler0n].
have [n0|n0] := posnP n; first by rewrite /empirical [X in _ / X%:R]n0 invr0 mulr0 ler01.
rewrite ler_pdivr_mulr ?ltr0n // mul1r -[X in _ <= X%:R]card_ord -sumr_const.
by apply: ler_sum => i _; have /andP[] := loss_prob w (s i).
Qed.

End Loss.

(** An error, or any other event, is the loss that is 1 there and 0 elsewhere: the mean losses are
    the relative number of errors, and the probability of an error. *)
Definition error_loss (Z W : Type) (err : W -> pred Z) (w : W) (z : Z) : R := (err w z)%:R.

Lemma error_loss_prob (Z W : Type) (err : W -> pred Z) w z : 0 <= error_loss err w z <= 1.
Proof. by rewrite /error_loss; case: (err w z); rewrite ?lexx ?ler01. Qed.

Lemma empirical_errors (Z W : finType) (n : nat) (err : W -> pred Z) (s : sample n Z) (w : W) :
  empirical (error_loss err) s w = (errors (err w) s)%:R / n%:R.
Proof.
rewrite /empirical /errors /errors_at cardsE -sum1_card natr_sum; congr (_ / _).
by rewrite [RHS]big_mkcond; apply: eq_bigr => i _; rewrite -topredE /= /error_loss; case: (err _ _).
Qed.

Lemma population_errors (Z W : finType) (D : law Z) (err : W -> pred Z) (w : W) :
  population D (error_loss err) w = risk D (err w).
Proof. exact: expect_indicator. Qed.

(** ** The links, on any space that carries a sample and a hypothesis *)

Section Links.
Variables (Z W : finType) (D : law Z) (n : nat) (loss : W -> Z -> R).
Hypothesis loss_prob : forall w z, 0 <= loss w z <= 1.
Variables (T : finType) (P : law T) (S : T -> sample n Z) (learnt : T -> W).
Hypothesis sample_iid : forall s, image P S s = iid D n s.

(** The expected training loss and test loss; the expected loss on example [i]. *)
Definition mean_train : R := expect P (fun t => empirical loss (S t) (learnt t)).
Definition mean_test : R := expect P (fun t => population D loss (learnt t)).
Definition train_at (i : 'I_n) : R := expect P (fun t => loss (learnt t) (S t i)).

(** What the hypothesis tells about example [i], and about the sample. *)
Definition info_at (i : 'I_n) : R := information P (fun t => S t i) learnt.
Definition info : R := information P S learnt.

Lemma example_law i z : image P (fun t => S t i) z = D z.
Proof.
transitivity (Pr (image P S) [pred s : sample n Z | s i == z]); first by rewrite Pr_image.
transitivity (Pr (iid D n) [pred s : sample n Z | s i == z]).
  by apply: eq_bigr => s _; exact: sample_iid.
by rewrite (Pr_iid_one D i (pred1 z)) /Pr big_pred1_eq.
Qed.

Lemma sample_independent s : image P S s = \prod_i image P (fun t => S t i) (s i).
Proof. by rewrite sample_iid iidE; apply: eq_bigr => i _; rewrite example_law. Qed.

Let pair_loss (x : Z * W) : R := loss x.2 x.1.

(** The mean loss under the joint law is the training loss. *)
Lemma expect_joint i : expect (joint P (fun t => S t i) learnt) pair_loss = train_at i.
Proof. exact: expect_image. Qed.

(** Under the product of the laws it is the test loss. *)
Lemma expect_separate i : expect (separate P (fun t => S t i) learnt) pair_loss = mean_test.
Proof.
rewrite /expect (sum_pair (fun z w =>
  image P (fun t => S t i) z * image P learnt w * loss w z)) exchange_big.
transitivity (expect (image P learnt) (fun w => population D loss w)).
  apply: eq_bigr => w _; rewrite /population /expect mulr_sumr; apply: eq_bigr => z _.
  by rewrite example_law mulrA [D z * _]mulrC.
exact: expect_image.
Qed.

(** One example: data processing to the loss on it. *)
Theorem kl_le_info_at i : kl (train_at i) mean_test <= info_at i.
Proof.
rewrite -(expect_joint i) -(expect_separate i).
by apply: kl_mean_le => [|x]; [exact: separate_dominates | exact: loss_prob].
Qed.

Lemma train_at_finite i : kl_finite (train_at i) mean_test.
Proof.
rewrite -(expect_joint i) -(expect_separate i).
by apply: kl_mean_finite => [|x]; [exact: separate_dominates | exact: loss_prob].
Qed.

Lemma train_at_prob i : 0 <= train_at i <= 1.
Proof. by apply: expect_prob. Qed.

Lemma mean_test_prob : 0 <= mean_test <= 1.
Proof. by apply: expect_prob => t; exact: population_prob. Qed.

Lemma mean_train_prob : 0 <= mean_train <= 1.
Proof. by apply: expect_prob => t; exact: empirical_prob. Qed.

(** The training loss is the mean of the examples' losses. *)
Lemma mean_trainE : mean_train = (\sum_i train_at i) / n%:R.
Proof.
rewrite /mean_train (eq_expect P (fun t => mulrC _ _)) expectZ expect_sum; exact: mulrC.
Qed.

(** The mean of the examples' errors as an expectation over a uniform index. *)
Let mean_over_examples (f : 'I_n -> R) (i0 : 'I_n) :
  expect (uniform i0) f = (\sum_i f i) / n%:R.
Proof. by rewrite /expect /= card_ord -mulr_sumr mulrC. Qed.

Lemma mean_finite : (0 < n)%N -> kl_finite mean_train mean_test.
Proof.
move=> n0; rewrite mean_trainE -(mean_over_examples _ (Ordinal n0)).
rewrite -(expect_const (uniform (Ordinal n0)) mean_test).
apply: kl_finite_expect => i; first exact: mean_test_prob.
exact: train_at_finite.
Qed.

(** All examples: convexity. *)
Theorem kl_le_info_examples : n%:R * kl mean_train mean_test <= \sum_i info_at i.
Proof.
have [n0|n0] := posnP n.
  by rewrite {1}n0 mul0r sumr_ge0 // => i _; exact: information_ge0.
rewrite mulrC -ler_pdivl_mulr ?ltr0n // -(mean_over_examples _ (Ordinal n0)).
rewrite mean_trainE -(mean_over_examples _ (Ordinal n0)).
rewrite -{1}(expect_const (uniform (Ordinal n0)) mean_test).
apply: le_trans (_ : expect _ (fun i => kl (train_at i) mean_test) <= _).
  apply: kl_convex => i; [exact: train_at_prob | exact: mean_test_prob |].
  exact: train_at_finite.
apply: expect_mono => i; exact: kl_le_info_at.
Qed.

(** The examples are independent: what is told about each adds up. *)
Theorem info_examples_le_info : \sum_i info_at i <= info.
Proof. exact: information_superadditive sample_independent. Qed.

(** The hypothesis is discrete. *)
Theorem info_le_entropy : info <= entropy (image P learnt).
Proof. exact: information_le_entropy. Qed.

(** Shannon's bound. *)
Theorem entropy_le_file (len : W -> nat) : \sum_w half_power (len w) <= 1 ->
  entropy (image P learnt) <= ln 2%:R * expect P (fun t => (len (learnt t))%:R).
Proof. by move=> K; rewrite -(expect_image P learnt (fun w => (len w)%:R)) entropy_le_length. Qed.

End Links.

(** ** The converse, given a seed *)

Section Converse.
Variables (Z W U V : finType) (D : law Z) (n : nat).

(** A seed that the decoder knows, and noise that it does not know, both independent of the sample
    and of each other; the learner; the code and the loss, which may depend on the seed, so that a
    hypothesis may be whatever a decoder makes of it with the seed. *)
Variables (seed : law U) (noise : law V) (learn : U -> sample n Z -> V -> W).
Variables (code : U -> W -> word) (loss : U -> W -> Z -> R).
Hypothesis loss_prob : forall u w z, 0 <= loss u w z <= 1.
Hypothesis kraft_sum : forall u, \sum_w half_power (size (code u w)) <= 1.

Let space : law [finType of sample n Z * V] := independent (iid D n) noise.

(** The mean of a number that depends on the seed, the sample and the hypothesis learnt. *)
Definition mean (f : U -> sample n Z -> W -> R) : R :=
  expect seed (fun u => expect space (fun t => f u t.1 (learn u t.1 t.2))).

Definition train_error : R := mean (fun u s w => empirical (loss u) s w).
Definition test_error : R := mean (fun u _ w => population D (loss u) w).
Definition file_bits : R := mean (fun u _ w => (size (code u w))%:R).

(** Given the seed: the information of the hypothesis about example [i], about the sample, and its
    entropy. *)
Definition example_information (i : 'I_n) : R :=
  expect seed (fun u => information space (fun t => t.1 i) (fun t => learn u t.1 t.2)).
Definition sample_information : R :=
  expect seed (fun u => information space (fun t => t.1) (fun t => learn u t.1 t.2)).
Definition hypothesis_entropy : R :=
  expect seed (fun u => entropy (image space (fun t => learn u t.1 t.2))).

Let space_iid s : image space (fun t => t.1) s = iid D n s.
Proof.
by rewrite -[LHS]/(Pr _ _) (Pr_independent_fst _ _ (pred1 s)) /Pr big_pred1_eq.
Qed.

Lemma converse_finite : (0 < n)%N -> kl_finite train_error test_error.
Proof.
move=> n0; apply: kl_finite_expect => u.
  exact: mean_test_prob.
by apply: (mean_finite (loss_prob u) _ space_iid).
Qed.

Lemma train_error_prob : 0 <= train_error <= 1.
Proof. by apply: expect_prob => u; exact: mean_train_prob. Qed.

Lemma test_error_prob : 0 <= test_error <= 1.
Proof. by apply: expect_prob => u; exact: mean_test_prob. Qed.

Theorem kl_le_examples : n%:R * kl train_error test_error <= \sum_i example_information i.
Proof.
have [n0|n0] := posnP n.
  rewrite {1}n0 mul0r sumr_ge0 // => i _; apply: expect_ge0 => u; exact: information_ge0.
rewrite -expect_sum.
apply: le_trans (expect_mono seed (fun u => kl_le_info_examples (loss_prob u)
  (fun t => learn u t.1 t.2) space_iid)).
rewrite expectZ ler_pmul2l ?ltr0n //; apply: kl_convex => u.
- exact: mean_train_prob.
- exact: mean_test_prob.
- by apply: (mean_finite (loss_prob u) _ space_iid).
Qed.

Theorem examples_le_sample : \sum_i example_information i <= sample_information.
Proof.
by rewrite -expect_sum; apply: expect_mono => u; exact: info_examples_le_info space_iid.
Qed.

Theorem sample_le_entropy : sample_information <= hypothesis_entropy.
Proof. by apply: expect_mono => u; exact: info_le_entropy. Qed.

Theorem entropy_le_code : hypothesis_entropy <= ln 2%:R * file_bits.
Proof.
rewrite -expectZ; apply: expect_mono => u.
by apply: (@entropy_le_file W _ space _ (fun w => size (code u w))); exact: kraft_sum.
Qed.

(** The whole chain. Where there are examples, the binary relative entropy on the left is finite on
    paper too. *)
Theorem converse :
  [/\ (0 < n)%N -> kl_finite train_error test_error,
      n%:R * kl train_error test_error <= \sum_i example_information i,
      \sum_i example_information i <= sample_information,
      sample_information <= hypothesis_entropy
    & hypothesis_entropy <= ln 2%:R * file_bits].
Proof.
split; [exact: converse_finite | exact: kl_le_examples | exact: examples_le_sample |
  exact: sample_le_entropy | exact: entropy_le_code].
Qed.

(** ** What follows *)

Let ln2_gt0 : 0 < ln 2%:R.
Proof. by rewrite -[X in X < _]ln_1 two_IZR; apply/RltP; apply: ln_increasing; lra. Qed.

(** In nats, end to end. *)
Lemma limit_nats : n%:R * kl train_error test_error <= ln 2%:R * file_bits.
Proof.
by have [_ a b c d] := converse; apply: le_trans a (le_trans b (le_trans c d)).
Qed.

Let times_n (a b : R) : ((0 < n)%N -> a <= b) -> n%:R * a <= n%:R * b.
Proof.
have [n0|n0 ab] := posnP n; first by rewrite n0 !mul0r.
by rewrite ler_pmul2l ?ltr0n // ab.
Qed.

(** The limit in bits. *)
Theorem limit_kl : n%:R * kl train_error test_error / ln 2%:R <= file_bits.
Proof. by rewrite ler_pdivr_mulr // [file_bits * _]mulrC limit_nats. Qed.

(** Its weaker forms. *)
Theorem limit_jensen_shannon :
  2%:R * n%:R * jensen_shannon train_error test_error / ln 2%:R <= file_bits.
Proof.
apply: le_trans limit_kl; rewrite ler_pmul2r ?invr_gt0 //.
rewrite [2%:R * _]mulrC -mulrA; apply: times_n => n0.
by apply: jensen_shannon_le; rewrite ?train_error_prob ?test_error_prob //; exact: converse_finite.
Qed.

Theorem limit_pinsker :
  2%:R * n%:R * (test_error - train_error) ^+ 2 / ln 2%:R <= file_bits.
Proof.
apply: le_trans limit_kl; rewrite ler_pmul2r ?invr_gt0 //.
rewrite [2%:R * _]mulrC -mulrA; apply: times_n => n0.
by apply: pinsker; rewrite ?train_error_prob ?test_error_prob //; exact: converse_finite.
Qed.

(** [B] expected bits, read backwards. *)
Section Budget.
Variable B : R.
Hypothesis within : file_bits <= B.

Theorem budget : n%:R * kl train_error test_error <= B * ln 2%:R.
Proof. by apply: le_trans limit_nats _; rewrite mulrC ler_pmul2r. Qed.

(** A test error [p] above the training error, whose limit is above the budget, is out of reach. *)
Theorem budget_excludes (p : R) :
  train_error <= p -> B * ln 2%:R < n%:R * kl train_error p -> test_error < p.
Proof.
move=> ep far; rewrite ltNge; apply/negP => pL.
have /andP[_ L1] := test_error_prob.
suff : n%:R * kl train_error p <= B * ln 2%:R by rewrite leNgt far.
apply: le_trans budget; apply: times_n => n0.
exact: kl_increasing train_error_prob ep pL L1 (converse_finite n0).
Qed.

(** Whatever bounds [{ p in [e, 1] : kl e p <= B ln 2 / n }] and [e] itself, as its maximum
    [kl_inv] does, bounds the test error. *)
Theorem max_test_error (u : R) : (0 < n)%N -> train_error <= u ->
  (forall p, train_error <= p <= 1 -> kl_finite train_error p ->
     kl train_error p <= B * ln 2%:R / n%:R -> p <= u) ->
  test_error <= u.
Proof.
move=> n0 eu max; have [Le|eL] := leP test_error train_error; first exact: le_trans eu.
apply: max; [by rewrite ltW //=; have /andP[] := test_error_prob | exact: converse_finite |].
by rewrite ler_pdivl_mulr ?ltr0n // mulrC; exact: budget.
Qed.

End Budget.

(** ** Codes that are only injective *)

(** A prior [m] on the lengths pays for what the code leaves out. *)
Theorem entropy_le_code_length_prior (m : nat -> R) :
  (forall u, injective (code u)) -> (forall l, 0 < m l) -> (forall M, \sum_(l < M) m l <= 1) ->
  hypothesis_entropy <=
    mean (fun u _ w => ln 2%:R * (size (code u w))%:R - ln (m (size (code u w)))).
Proof.
move=> code_inj m0 m1; apply: expect_mono => u.
apply: le_trans (entropy_le_length_prior _ (code_inj u) m0 m1) _.
by rewrite expect_image.
Qed.

(** Any number [x] of bits up to the entropy, in the place of the entropy. *)
Lemma entropy_le_code_injective (x : R) : (forall u, injective (code u)) ->
  0 <= x -> x * ln 2%:R <= hypothesis_entropy ->
  x - (ln (x + 1) + 1) / ln 2%:R <= file_bits.
Proof.
move=> code_inj x0 xH.
have bits0 : 0 <= file_bits by do 2!apply: expect_ge0 => ?; exact: ler0n.
have x1 : 0 < x + 1 by rewrite ltr_paddl ?ltr01.
have price : 0 <= (ln (x + 1) + 1) / ln 2%:R.
  apply: divr_ge0; last exact: ltW.
  rewrite addr_ge0 ?ler01 //.
  by rewrite -[X in X <= _]ln_1; apply: ln_le; rewrite ?ltr01 // ler_addr.
have [xbits|bitsx] := leP x file_bits; first by rewrite ler_subl_addr ler_paddr.
have {}x0 : 0 < x by exact: le_lt_trans bitsx.
have H : hypothesis_entropy <= (ln 2%:R + x^-1) * file_bits + ln (1 + x).
  rewrite -(expect_const seed (ln (1 + x))) -expectZ -expectD; apply: expect_mono => u.
  by apply: le_trans (entropy_le_injective _ (code_inj u) x0) _; rewrite expect_image.
rewrite ler_subl_addr -(ler_pmul2r ln2_gt0) mulrDl divfK ?gt_eqF //.
apply: le_trans xH (le_trans H _); rewrite mulrDl [1 + x]addrC mulrC -addrA ler_add2l.
by rewrite addrC ler_add2l mulrC ler_pdivr_mulr // mul1r ltW.
Qed.

Theorem limit_injective : (forall u, injective (code u)) ->
  let x := n%:R * kl train_error test_error / ln 2%:R in
  x - (ln (x + 1) + 1) / ln 2%:R <= file_bits.
Proof.
move=> code_inj; rewrite /=; apply: entropy_le_code_injective => //.
  rewrite divr_ge0 ?(ltW ln2_gt0) //.
  rewrite -(mulr0 n%:R); apply: times_n => n0.
  by apply: kl_ge0; rewrite ?train_error_prob ?test_error_prob //; exact: converse_finite.
rewrite divfK ?gt_eqF //.
exact: le_trans kl_le_examples (le_trans examples_le_sample sample_le_entropy).
Qed.

End Converse.

(** ** Codes that satisfy Kraft's inequality *)

Lemma kraft_prefix_code (W : finType) (code : W -> word) :
  injective code -> prefix_free (fun v => exists w, v = code w) ->
  \sum_w half_power (size (code w)) <= 1.
Proof.
move=> code_inj /kraft[_ /(_ (map code (index_enum W)))].
rewrite big_map; apply; first by rewrite map_inj_uniq ?index_enum_uniq.
by move=> v /mapP[w _ ->]; exists w.
Qed.

Section Codes.
Variables (Z W U V : finType) (D : law Z) (n : nat).
Variables (seed : law U) (noise : law V) (learn : U -> sample n Z -> V -> W).
Variables (code : U -> W -> word) (loss : U -> W -> Z -> R).
Hypothesis loss_prob : forall u w z, 0 <= loss u w z <= 1.

Let limit : R :=
  n%:R * kl (train_error D seed noise learn loss) (test_error D seed noise learn loss) / ln 2%:R.

Theorem limit_uniquely_decodable :
  (forall u, uniquely_decodable (code u)) -> limit <= file_bits D seed noise learn code.
Proof. by move=> unique; apply: limit_kl => // u; exact: mcmillan. Qed.

Theorem limit_prefix_free :
  (forall u, injective (code u)) -> (forall u, prefix_free (fun v => exists w, v = code u w)) ->
  limit <= file_bits D seed noise learn code.
Proof. by move=> code_inj free; apply: limit_kl => // u; exact: kraft_prefix_code. Qed.

End Codes.

(** ** A deterministic learner, and a uniquely decodable code

    The same in full, for the case without seed and noise. *)

Theorem converse_deterministic (Z W : finType) (D : law Z) (n : nat) (err : W -> pred Z)
    (learn : sample n Z -> W) (code : W -> word) :
  uniquely_decodable code ->
  let S := iid D n in
  let e := expect S (fun s => (errors (err (learn s)) s)%:R / n%:R) in
  let L := expect S (fun s => risk D (err (learn s))) in
  [/\ (0 < n)%N -> kl_finite e L,
      n%:R * kl e L <= \sum_i information S (fun s => s i) learn,
      \sum_i information S (fun s => s i) learn <= information S id learn,
      information S id learn = entropy (image S learn)
    & entropy (image S learn) <= ln 2%:R * expect S (fun s => (size (code (learn s)))%:R)].
Proof.
move=> unique S e L.
have S_iid s : image S id s = iid D n s by rewrite -[LHS]/(Pr _ _) /Pr big_pred1_eq.
have eE : e = mean_train (error_loss err) S id learn.
  by apply: eq_expect => s; rewrite empirical_errors.
have LE : L = mean_test D (error_loss err) S learn.
  by apply: eq_expect => s; rewrite population_errors.
rewrite eE LE; split.
- exact: (mean_finite (@error_loss_prob _ _ err) _ S_iid).
- exact: (kl_le_info_examples (@error_loss_prob _ _ err) _ S_iid).
- exact: (info_examples_le_info _ S_iid).
- exact: (information_deterministic S id learn).
- exact: (entropy_le_file _ _ (mcmillan unique)).
Qed.

(** ** All links can be equalities

    One example, a fair coin, learnt by heart and sent as one bit. *)

Section OneBit.
Let coin : law [finType of bool] := uniform true.
Let wrong (w z : bool) : bool := w != z.
Let learn (s : sample 1 bool) : bool := s ord0.
Let code (w : bool) : word := [:: w].

Lemma code_unique : uniquely_decodable code.
Proof.
have H (ws : seq bool) : flatten (map code ws) = ws by elim: ws => //= w ws ->.
by move=> v w; rewrite !H.
Qed.

Theorem one_bit :
  let S := iid coin 1 in
  let e := expect S (fun s => (errors (wrong (learn s)) s)%:R / 1%:R) in
  let L := expect S (fun s => risk coin (wrong (learn s))) in
  1%:R * kl e L = ln 2%:R * expect S (fun s => (size (code (learn s)))%:R).
Proof.
move=> S e L.
have eE : e = 0.
  rewrite -(expect_const S 0); apply: eq_expect => s.
  rewrite /errors (_ : errors_at _ _ = set0) ?cards0 ?mul0r //.
  by apply/setP => i; rewrite !inE ord1 /wrong /learn eqxx.
have LE : L = 2%:R^-1.
  rewrite -(expect_const S 2%:R^-1); apply: eq_expect => s.
  rewrite /risk Pr_uniform card_bool -[X in _ = X]mul1r; congr (_ / _).
  by rewrite (_ : [set z | _] = [set ~~ learn s]) ?cards1 //; apply/setP => z;
    rewrite !inE /wrong; case: (learn s); case: z.
rewrite eE LE expect_const mulr1 mul1r klE; last first.
  split=> /eqP; first by rewrite invr_eq0 pnatr_eq0.
  by rewrite invr_eq1 pnatr_eq1.
have -> : 1 - 2%:R^-1 = 2%:R^-1 :> R.
  by apply/eqP; rewrite subr_eq -mulr2n -[_ *+ 2]mulr_natr mulVf // pnatr_eq0.
by rewrite mul0r add0r subr0 !mul1r invrK.
Qed.

End OneBit.
