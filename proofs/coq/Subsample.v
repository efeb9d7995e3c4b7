(** * The training error from a subsample (proofs/subsample.md)

    Of [n] examples a set [E] are errors. A set [T] of [s] of them is drawn uniformly, and
    [#|T :&: E|] errors are seen. Proved here:

    - the number seen has the hypergeometric law ([Pr_draw_le]);
    - its lower tail does not increase with the number of errors ([hyper_mono]);
    - it is seldom far down in its own tail ([Pr_hyper_lt]);
    - hence an upper limit on the number of errors, which together with Occam's bound holds with
      probability at least [1 - delta - delta'] ([subsample_occam]); and with [2^t] draws, of which
      the luckiest may be kept, if the tail is compared with [delta' 2^-t]
      ([subsample_tries]). *)

From Coq Require Import Reals.
From mathcomp Require Import all_ssreflect ssralg ssrnum.
From mathcomp.classical Require Import boolp.
From mathcomp.analysis Require Import Rstruct.
From Nonvacuous Require Import RealArith Finite Binomial Code Occam.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(** At most [k] of [s] draws are among [K] of [n]. *)
Definition hyper (n K s k : nat) : R :=
  (\sum_(j < k.+1 | (j <= s)%N) 'C(K, j) * 'C(n - K, s - j))%N%:R / 'C(n, s)%:R.

(** ** Counting sets *)

Section Sets.
Variable n : nat.
Implicit Types E T : {set 'I_n}.

Lemma card_split E s j : (j <= s)%N ->
  #|[set T : {set 'I_n} | (#|T| == s) && (#|T :&: E| == j)]| =
  ('C(#|E|, j) * 'C(n - #|E|, s - j))%N.
Proof.
move=> js; have -> : (n - #|E|)%N = #|~: E| by rewrite [RHS]cardsCs setCK card_ord.
rewrite -!cards_draws -cardsX.
rewrite -(card_in_imset (f := fun T => (T :&: E, T :\: E))); last first.
  by move=> T U _ _ [TU TU']; rewrite -(setID T E) TU TU' setID.
apply: eq_card => -[A B]; rewrite !inE /=; apply/imsetP/andP => [[T]|[]].
  rewrite inE => /andP[/eqP Ts /eqP Tj] [-> ->].
  rewrite subsetIr Tj eqxx subsetDr -Ts -(cardsID E T) Tj addKn eqxx; split=> //.
move=> /andP[AE /eqP Aj] /andP[BE /eqP Bs].
have inside : (A :|: B) :&: E = A.
  rewrite setIUl (setIidPl AE) (disjoint_setI0 (_ : [disjoint B & E])) ?setU0 //.
  by rewrite disjoints_subset.
have outside : (A :|: B) :\: E = B.
  have /eqP -> : (A :|: B) :\: E == (A :\: E) :|: (B :\: E) by rewrite setDUl.
  have /eqP -> : A :\: E == set0 by rewrite setD_eq0.
  by rewrite set0U setDE (setIidPl BE).
exists (A :|: B); last by rewrite inside outside.
by rewrite inE -(cardsID E) inside outside Aj Bs subnKC // !eqxx.
Qed.

(** ** A uniform draw of [s] of [n] *)

Variable s : nat.
Hypothesis sn : (s <= n)%N.

Definition draw_mass T : R := if #|T| == s then 'C(n, s)%:R^-1 else 0.

Fact draw_ge0 T : 0 <= draw_mass T.
Proof. by rewrite /draw_mass; case: ifP => // _; rewrite invr_ge0 ler0n. Qed.

Lemma sum_draw (A : pred {set 'I_n}) :
  \sum_(T | A T) draw_mass T = #|[set T : {set 'I_n} | (#|T| == s) && A T]|%:R / 'C(n, s)%:R.
Proof.
rewrite /draw_mass -big_mkcondr /= sumr_const -(mulr_natl (_^-1)); congr (_%:R * _).
by rewrite cardsE; apply: eq_card => T; rewrite !unfold_in /= andbC.
Qed.

Fact draw_sum : \sum_T draw_mass T = 1.
Proof.
rewrite sum_draw (_ : #|_| = 'C(n, s)) ?mulfV ?pnatr_eq0 -?lt0n ?bin_gt0 //.
by rewrite -[X in 'C(X, _)](card_ord n) -card_draws; apply: eq_card => T; rewrite !inE andbT.
Qed.

Definition draw : law [finType of {set 'I_n}] := Law draw_ge0 draw_sum.

(** The number of errors seen has the hypergeometric law. *)
Lemma Pr_draw_le E k : Pr draw [pred T | (#|T :&: E| <= k)%N] = hyper n #|E| s k.
Proof.
rewrite /Pr sum_draw /hyper; congr (_%:R / _).
rewrite -sum1_card (partition_big (fun T : {set 'I_n} => inord #|T :&: E| : 'I_k.+1)
  (fun j => (j <= s)%N)) /=; last first.
  move=> T; rewrite inE => /andP[/eqP Ts few]; rewrite inordK //.
  by rewrite -Ts subset_leq_card // subsetIl.
apply: eq_bigr => j js; rewrite -card_split // sum1_card; apply: eq_card => T.
rewrite inE unfold_in inE -andbA; congr (_ && _); apply/andP/eqP => [[few /eqP <-]|->].
  by rewrite inordK.
by rewrite -ltnS ltn_ord inord_val.
Qed.

(** The number seen is seldom far down in its own tail. *)
Lemma Pr_hyper_lt E (eps : R) : 0 <= eps ->
  Pr draw [pred T | hyper n #|E| s #|T :&: E| < eps] <= eps.
Proof.
move=> eps0; apply: le_trans (Pr_small_tail draw (fun T => #|T :&: E|) eps0).
by apply: Pr_mono => T /=; rewrite -Pr_draw_le.
Qed.

(** More errors have a smaller tail. *)
Lemma hyper_mono K L k : (K <= L)%N -> (L <= n)%N -> hyper n L s k <= hyper n K s k.
Proof.
move=> KL Ln.
pose first m := [set i : 'I_n | (i < m)%N].
have card_first m : (m <= n)%N -> #|first m| = m.
  move=> mn; rewrite /first -sum1_card.
  rewrite (eq_bigl (fun i : 'I_n => (i < m)%N)) => [|i]; last by rewrite inE.
  by rewrite -(big_ord_widen n (fun=> 1%N)) // sum1_card card_ord.
rewrite -{1}(card_first L) // -{1}(card_first K) ?(leq_trans KL) // -!Pr_draw_le.
apply: Pr_mono => T /=; apply: leq_trans; apply: subset_leq_card; apply: setIS.
by apply/subsetP => i; rewrite !inE => /leq_trans; exact.
Qed.

End Sets.

(** ** Together with Occam's bound *)

Section Together.
Variables (Z : finType) (P : law Z) (n : nat).
Variables (I : eqType) (C : I -> Prop) (prior : I -> R) (err : I -> pred Z).
Hypothesis prior_sum : subprobability C prior.
Variables (delta delta' : R).
Hypothesis delta0 : 0 <= delta.
Hypothesis delta'0 : 0 <= delta'.

(** The errors that are seen where the examples with indices in [T] are evaluated. *)
Definition seen (i : I) (x : sample n Z) (T : {set 'I_n}) : nat := #|T :&: errors_at (err i) x|.

(** [K] is an upper limit on the number of errors from [k] seen, at the level [eps]: already one
    error more would have too small a tail. (More than [n] errors there are not.) *)
Definition upper_limit (s k : nat) (eps : R) (K : nat) : Prop :=
  (K < n)%N -> hyper n K.+1 s k < eps.

Lemma upper_limit_errors s (sn : (s <= n)%N) k eps K L :
  (L <= n)%N -> upper_limit s k eps K -> eps <= hyper n L s k -> (L <= K)%N.
Proof.
move=> Ln limit large; rewrite leqNgt; apply/negP => KL; move: large; apply/negP.
rewrite -ltNge; apply: le_lt_trans (limit (leq_trans KL Ln)).
exact: hyper_mono.
Qed.

(** What remains to be said once neither step has failed. *)
Lemma both_steps i x s (sn : (s <= n)%N) T eps K p :
  eps <= hyper n (errors (err i) x) s (seen i x T) ->
  delta * prior i <= tail n (errors (err i) x) (risk P (err i)) ->
  upper_limit s (seen i x T) eps K -> 0 <= p <= 1 -> tail n K p < delta * prior i ->
  risk P (err i) < p.
Proof.
move=> large1 large2 limit p01 small; case/andP: (p01) => p0 _; apply: risk_lt large2 => //.
apply: le_lt_trans small; apply: tail_errors_mono p01 _.
by apply: upper_limit_errors limit large1 => //; exact: errors_le.
Qed.

(** One draw, independent of the sample and of the network (a verifier's). *)
Theorem subsample_occam (s : nat) (sn : (s <= n)%N) (learn : sample n Z -> I) :
  (forall x, C (learn x)) ->
  1 - (delta + delta') <= Pr (independent (iid P n) (draw sn)) [pred x |
    `[< forall K p, upper_limit s (seen (learn x.1) x.1 x.2) delta' K -> 0 <= p <= 1 ->
        tail n K p < delta * prior (learn x.1) -> risk P (err (learn x.1)) < p >]].
Proof.
move=> learnC; apply: Pr_holds.
pose bad1 (x : sample n Z * {set 'I_n}) := fails P prior err delta (learn x.1) x.1.
pose bad2 (x : sample n Z * {set 'I_n}) :=
  hyper n (errors (err (learn x.1)) x.1) s (seen (learn x.1) x.1 x.2) < delta'.
apply: (@le_trans _ _ (Pr (independent (iid P n) (draw sn)) [pred x | bad1 x || bad2 x])).
  apply: Pr_mono => x /=; apply: contraR; rewrite negb_or -!leNgt => /andP[good1 good2].
  by apply/asboolP => K p; exact: both_steps.
apply: le_trans (Pr_or _ bad1 bad2) _; apply: ler_add.
  have := Pr_independent_fst (iid P n) (draw sn) (fun x => fails P prior err delta (learn x) x).
  by move=> ->; exact: (occam_learner_fails P err prior_sum delta0 learnC).
by apply: Pr_chain_le => x; exact: (Pr_hyper_lt sn (errors_at (err (learn x)) x) delta'0).
Qed.

(** Tries of which the luckiest may be kept (a maker's). [J] are the tries, at most [2^t]: of each
    the file, the seed and the size [s j] may differ, and all may depend on the sample. Each try's
    draw is uniform; of how the draws of different tries hang together nothing is assumed. All
    limits at the level [delta' 2^-t] hold together. *)
Theorem subsample_tries (J : finType) (t : nat) (s : J -> nat) (sn : forall j, (s j <= n)%N)
    (draws : law [finType of {ffun J -> {set 'I_n}}]) (learn : sample n Z -> J -> I) :
  (#|J| <= 2 ^ t)%N ->
  (forall j A, Pr draws [pred f : {ffun J -> {set 'I_n}} | A (f j)] = Pr (draw (sn j)) A) ->
  (forall x j, C (learn x j)) ->
  1 - (delta + delta') <= Pr (independent (iid P n) draws)
    [pred x : sample n Z * {ffun J -> {set 'I_n}} | `[< forall j K p,
        upper_limit (s j) (seen (learn x.1 j) x.1 (x.2 j)) (delta' * half_power t) K ->
        0 <= p <= 1 -> tail n K p < delta * prior (learn x.1 j) ->
        risk P (err (learn x.1 j)) < p >]].
Proof.
move=> Jt uniform_draws learnC; apply: Pr_holds.
pose good1 (x : sample n Z) :=
  `[< forall i, C i -> delta * prior i <= tail n (errors (err i) x) (risk P (err i)) >].
pose bad1 (x : sample n Z * {ffun J -> {set 'I_n}}) := ~~ good1 x.1.
pose bad2 j (x : sample n Z * {ffun J -> {set 'I_n}}) :=
  hyper n (errors (err (learn x.1 j)) x.1) (s j) (seen (learn x.1 j) x.1 (x.2 j)) <
  delta' * half_power t.
pose both := [pred x | bad1 x || [exists j, bad2 j x]].
apply: (@le_trans _ _ (Pr (independent (iid P n) draws) both)).
  apply: Pr_mono => x /=; apply: contraR; rewrite negb_or => /andP[/negbNE/asboolP ok].
  rewrite negb_exists => /forallP none; apply/asboolP => j K p; apply: both_steps => //.
    by rewrite leNgt; exact: none.
  exact: ok.
apply: le_trans (Pr_or _ bad1 _) _; apply: ler_add.
  rewrite (Pr_independent_fst (iid P n) draws (predC good1)) Pr_not.
  rewrite ler_subl_addl addrC -ler_subl_addl.
  by apply: occam_prior.
apply: Pr_chain_le => x; apply: le_trans (union_bound_fin draws (fun j f => bad2 j (x, f))) _.
apply: (@le_trans _ _ (\sum_(j : J) delta' * half_power t)).
  apply: ler_sum => j _; rewrite /bad2 /=.
  rewrite (uniform_draws j (fun T => hyper n (errors (err (learn x j)) x) (s j)
    (seen (learn x j) x T) < delta' * half_power t)).
  by apply: Pr_hyper_lt; rewrite mulr_ge0 ?half_power_ge0.
by rewrite -mulr_sumr ler_pimulr // sum_half_power.
Qed.

End Together.
