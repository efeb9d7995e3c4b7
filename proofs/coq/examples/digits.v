(** * The certificate of the digits, as theorems

    [experiments/certificates/digits/certificate.json] says: of 1,500 examples 41 are errors; the
    file has 400 bits; 64 bits are charged for the design of the format; with probability at least
    95% the risk is at most 0.268431 (by the exact binomial tail), or 0.269887 (by the divergence).

    Here both are theorems, with everything that they assume: the examples are independent draws of
    one law [P] on a finite set [Z]; the formats that could have come out are at most [2^64]; the
    files of each are a prefix-free code. The numbers are one comparison of whole numbers, which the
    kernel of Coq makes, and one inequality between real numbers, by interval arithmetic. *)

From Coq Require Import Reals.
From Interval Require Import Tactic.
From Nonvacuous Require Import Divergence.

(** ** The numbers of the divergence *)

Section Numbers.
Local Open Scope R_scope.

Lemma kl_holds : 1500 * kl (41 / 1500) (269887 / 1000000) > ln (1 / (5 / 100)) + 464 * ln 2.
Proof. unfold kl; interval with (i_prec 80). Qed.

(** The sixth decimal is the best: the next lower one would be claiming too much. *)
Lemma kl_best : 1500 * kl (41 / 1500) (269886 / 1000000) < ln (1 / (5 / 100)) + 464 * ln 2.
Proof. unfold kl; interval with (i_prec 80). Qed.

End Numbers.

From mathcomp Require Import all_ssreflect ssralg ssrnum.
From mathcomp.classical Require Import boolp.
From mathcomp.analysis Require Import Rstruct.
From Nonvacuous Require Import Finite Binomial Code Occam Certificate HeldOut Grammar.

Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(** ** The numbers of the binomial tail *)

Lemma tail_holds : check 1500 41 (400 + 64) 268431 1000000 5 100 = true.
Proof. vm_cast_no_check (erefl true). Qed.

(** Here too the sixth decimal is the best. *)
Lemma tail_next_fails : check_exact 1500 41 464 268430 1000000 5 100 = false.
Proof. vm_cast_no_check (erefl false). Qed.

Lemma tail_best :
  ratio 5 100 * half_power 464%num <= tail 1500%num 41%num (ratio 268430 1000000).
Proof. exact (@check_exact_best 1500 41 464 268430 1000000 5 100 isT tail_next_fails). Qed.

(** ** The certificates

    [wrong f file z]: the network that [file] decodes to in the format [f] is wrong on the example
    [z]. [`[< ... >]] is the event that what is in it is true. *)

Section Digits.
Variables (Z : finType) (P : law Z).
Variables (format : finType) (code : format -> word -> Prop) (wrong : format -> word -> pred Z).
Hypothesis formats : (#|format| <= 2 ^ 64%num)%N.
Hypothesis files_prefix_free : forall f, prefix_free (code f).

Theorem digits :
  1 - ratio 5 100 <= Pr (iid P 1500%num) [pred examples |
    `[< forall f file,
          code f file ->
          (size file <= 400%num)%N ->
          (errors (wrong f file) examples <= 41%num)%N ->
          risk P (wrong f file) < ratio 268431 1000000 >]].
Proof. exact: (certified tail_holds P). Qed.

Theorem digits_kl :
  1 - ratio 5 100 <= Pr (iid P 1500%num) [pred examples |
    `[< forall f file,
          code f file ->
          (size file <= 400%num)%N ->
          (errors (wrong f file) examples <= 41%num)%N ->
          risk P (wrong f file) < ratio 269887 1000000 >]].
Proof. exact: (@certified_kl 1500 41 400 64 269887 1000000 5 100 isT kl_holds Z P). Qed.

End Digits.

(** ** With the model file's own grammar

    Here the files of a format are those of a reader over the arithmetic coder, of 20 bits of
    precision and words of 32 bits, which are prefix-free by Grammar.v. *)

Theorem digits_files (Z : finType) (P : law Z) (format : finType) (A : Type)
    (decoder : format -> reader 20 A) (first : state) (finish : state -> seq (8.-tuple bool))
    (wrong : format -> word -> pred Z) :
  (#|format| <= 2 ^ 64%num)%N ->
  1 - ratio 5 100 <= Pr (iid P 1500%num) [pred examples |
    `[< forall f file,
          files 32 (decoder f) first finish file ->
          (size file <= 400%num)%N ->
          (errors (wrong f file) examples <= 41%num)%N ->
          risk P (wrong f file) < ratio 268431 1000000 >]].
Proof.
move=> formats; pose code f := files 32 (decoder f) first finish.
apply: (digits Z P format code wrong formats) => f; exact: prefix_free_files.
Qed.

(** ** The held-out figure: 25 errors on 297 other examples, 0.115583

    [T] is what the network was made from, with any law; the held-out examples are independent of
    it. *)

Lemma held_out_numbers : check_exact 297 25 0 115583 1000000 5 100 = true.
Proof. vm_cast_no_check (erefl true). Qed.

Theorem digits_held_out (Z : finType) (P : law Z) (T : finType) (Q : law T) (err : T -> pred Z) :
  1 - ratio 5 100 <= Pr (independent Q (iid P 297%num))
    [pred x | (errors (err x.1) x.2 <= 25%num)%N ==> (risk P (err x.1) < ratio 115583 1000000)].
Proof. exact: (certified_held_out held_out_numbers). Qed.

Print Assumptions digits.
Print Assumptions digits_kl.
