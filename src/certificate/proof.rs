//! A claim as a theorem that the kernel of Coq checks.
//!
//! The general theorem is in `proofs/coq/`; what is written here instantiates it with the numbers
//! of one claim, and leaves to the kernel what has to be computed: one comparison of whole numbers
//! for the binomial tail, one inequality of real numbers by intervals for the divergence. A claim
//! whose numbers do not fit one another does not compile.

use thiserror::Error;

use super::claim::{BaseClaim, Claim, DECIMALS};
use crate::printable::escaped;

/// Why there is no theorem about a claim.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ProofError {
    /// Losses of groups are fractions, and the theorem counts errors.
    #[error(
        "the claim counts groups, whose losses are fractions: the theorem in proofs/coq counts \
         errors"
    )]
    Groups,
    /// A part of the examples was evaluated.
    #[error(
        "the claim is from a subsample of the examples: accepted are claims for which all were \
         evaluated"
    )]
    Subsample,
    /// A bound of 1 says nothing.
    #[error("the claimed bound is {bound}, which says nothing: accepted are bounds below 1")]
    Vacuous {
        /// The claimed bound.
        bound: String,
    },
    /// A number that is none of a certificate.
    #[error("{what} is {found}: accepted are {accepted}")]
    Number {
        /// Which number.
        what: &'static str,
        /// What the claim says.
        found: String,
        /// What it could be.
        accepted: &'static str,
    },
}

/// Files of a development, in the order in which they are compiled; the last states the claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Development {
    /// Names and texts.
    pub files: Vec<(&'static str, String)>,
}

/// Of `proofs/coq`, what the theorem about a claim needs, in the order of compilation.
const THEORY: [(&str, &str); 9] = [
    ("RealArith.v", include_str!("../../proofs/coq/RealArith.v")),
    (
        "Divergence.v",
        include_str!("../../proofs/coq/Divergence.v"),
    ),
    ("Finite.v", include_str!("../../proofs/coq/Finite.v")),
    ("Binomial.v", include_str!("../../proofs/coq/Binomial.v")),
    ("Code.v", include_str!("../../proofs/coq/Code.v")),
    ("Occam.v", include_str!("../../proofs/coq/Occam.v")),
    ("Chernoff.v", include_str!("../../proofs/coq/Chernoff.v")),
    (
        "Certificate.v",
        include_str!("../../proofs/coq/Certificate.v"),
    ),
    ("Base.v", include_str!("../../proofs/coq/Base.v")),
];

/// The file that states the claim.
const STATEMENT: &str = "claim.v";

/// Where Coq's tools look for files and their order.
const PROJECT: &str = "_CoqProject";

const README: &str = "\
A certificate as a theorem: claim.v states it, the other files prove what it rests on.

    coq_makefile -f _CoqProject -o Makefile
    make

With Debian 12: apt-get install coq libcoq-interval libcoq-bignums libcoq-mathcomp-analysis.
The last lines that are printed say what the theorem assumes beyond the logic of Coq.
";

/// A fraction of whole numbers.
struct Fraction {
    numerator: String,
    denominator: String,
}

impl Fraction {
    /// Numerator and denominator.
    fn parts(&self) -> [&str; 2] {
        [&self.numerator, &self.denominator]
    }

    /// A decimal fraction as it is written.
    fn of_decimal(what: &'static str, number: f64) -> Result<Self, ProofError> {
        let text = number.to_string();
        let is_fraction = number > 0.0 && number < 1.0;
        match text.split_once('.') {
            Some(("0", digits)) if is_fraction => Ok(Self {
                numerator: digits.trim_start_matches('0').to_string(),
                denominator: format!("1{}", "0".repeat(digits.len())),
            }),
            _ => Err(ProofError::Number {
                what,
                found: text,
                accepted: "numbers between 0 and 1",
            }),
        }
    }
}

/// Refuses what is no digest: whatever is written into the file, Coq reads.
fn require_digest(text: &str) -> Result<(), ProofError> {
    let is_digit = |character| matches!(character, '0'..='9' | 'a'..='f');
    if text.len() == 64 && text.chars().all(is_digit) {
        return Ok(());
    }
    Err(ProofError::Number {
        what: "a SHA-256",
        found: escaped(text),
        accepted: "64 hexadecimal digits",
    })
}

/// A published bound in units of its last decimal.
fn units(bound: f64) -> Result<u64, ProofError> {
    let scale = ONE as f64;
    let units = (bound * scale).round();
    if !(bound * scale >= 1.0 && bound < 1.0) {
        return Err(ProofError::Vacuous {
            bound: bound.to_string(),
        });
    }
    if (bound * scale - units).abs() > 1e-6 {
        return Err(ProofError::Number {
            what: "a bound",
            found: bound.to_string(),
            accepted: "numbers of six decimals",
        });
    }
    Ok(units as u64)
}

impl Claim {
    /// The claim as a development of Coq's: that with probability at least `1 - delta` every file
    /// that is at most as long and makes at most as many errors has a smaller risk than claimed, by
    /// the binomial tail and by the divergence. Bounds on classes and held-out bounds are not in
    /// it.
    ///
    /// # Errors
    /// If the theorem is not about such claims, or the claimed bound says nothing.
    pub fn development(&self) -> Result<Development, ProofError> {
        if self.groups.is_some() {
            return Err(ProofError::Groups);
        }
        if self.subsample.is_some() {
            return Err(ProofError::Subsample);
        }
        let theory = THEORY.map(|(name, text)| (name, text.to_string()));
        let mut names: Vec<&str> = THEORY.map(|(name, _)| name).to_vec();
        names.push(STATEMENT);
        let project = format!(
            "-Q . Nonvacuous\n-arg -w\n-arg -notation-overridden,-ambiguous-paths,\
             -redundant-canonical-projection\n{}\n",
            names.join("\n")
        );
        let mut files = vec![("README", README.to_string()), (PROJECT, project)];
        files.extend(theory);
        files.push((STATEMENT, self.statement()?));
        Ok(Development { files })
    }

    /// The file that states the claim and proves it from the theory.
    fn statement(&self) -> Result<String, ProofError> {
        let numbers = Numbers::of(self)?;
        let mut text = numbers.opening(self);
        text += &numbers.divergence();
        text += &numbers.tail();
        text += &match numbers.base {
            None => numbers.theorems(),
            Some(base) => numbers.relative_theorem(base),
        };
        text += "\nCheck certificate.\nPrint Assumptions certificate.\n";
        Ok(text)
    }
}

/// The numbers of a claim, as they are written in the file.
struct Numbers<'a> {
    n: u64,
    k: u64,
    /// Of the model file.
    bits: u64,
    /// What is charged beside it, but for the choice among bases.
    design: u64,
    /// What the file is relative to, if it is.
    base: Option<&'a BaseClaim>,
    /// `1 - delta` is the confidence.
    delta: Fraction,
    /// The bound by the binomial tail, in units of its last decimal.
    by_tail: u64,
    /// The bound by the divergence, if that is below 1.
    by_divergence: Option<u64>,
}

/// Units of the last decimal of bounds.
const ONE: u64 = 10u64.pow(DECIMALS);

impl<'a> Numbers<'a> {
    fn of(claim: &'a Claim) -> Result<Self, ProofError> {
        for digest in [&claim.model.sha256, &claim.training_set.sha256] {
            require_digest(digest)?;
        }
        let base = claim.base.as_ref();
        let charged = claim.description_length().saturating_sub(claim.bits);
        Ok(Self {
            n: claim.n,
            k: claim.k,
            bits: claim.bits,
            design: charged.saturating_sub(base.map_or(0, BaseClaim::bits)),
            base,
            delta: Fraction::of_decimal("delta", claim.delta)?,
            by_tail: units(claim.bounds.occam_binomial)?,
            by_divergence: match units(claim.bounds.occam_kl) {
                Err(ProofError::Vacuous { .. }) => None,
                units => Some(units?),
            },
        })
    }

    /// What the file is about, in words.
    fn opening(&self, claim: &Claim) -> String {
        let Self {
            n,
            k,
            bits,
            design,
            by_tail,
            ..
        } = self;
        let [dn, dd] = self.delta.parts();
        let (model, examples) = (&claim.model.sha256, &claim.training_set.sha256);
        let among = self.base.map_or(String::new(), |base| {
            format!(
                "\n    {} bits are charged for the choice among {} bases; [T] is what these \
                 may be, with\n    any law [Q], and the examples are independent of them.",
                base.bits(),
                base.considered
            )
        });
        format!(
            "(** * A certificate, as a theorem

    The claim is about the model of SHA-256
    {model}
    and the examples of SHA-256
    {examples}.

    Of {n} examples {k} are errors; the file has {bits} bits; {design} bits are charged beside it,
    for the design of its format and for the classes that its outputs stand for.{among}
    With probability at least 1 - {dn}/{dd} the risk is less than {by_tail}/{ONE}.

    The theorem assumes what its hypotheses say: the examples are independent draws of one law on a
    finite set; at most [2^{design}] formats could have come out, whatever the examples had been;
    the files of each are a prefix-free code. That hashing, decoding and counting were done right is
    outside of it. *)

"
        )
    }

    /// That the divergence is large enough at the bound by it, and not at the next lower one.
    fn divergence(&self) -> String {
        let Some(units) = self.by_divergence else {
            return String::new();
        };
        let Self { n, k, .. } = self;
        let [dn, dd] = self.delta.parts();
        let all = self.bits + self.design + self.base.map_or(0, BaseClaim::bits);
        let goal = |units: u64, sign: &str| {
            format!(
                "{n} * kl ({k} / {n}) ({units} / {ONE}) {sign} \
                 ln (1 / ({dn} / {dd})) + {all} * ln 2"
            )
        };
        let (holds, best) = (goal(units, ">"), goal(units - 1, "<"));
        // With no error the divergence is the logarithm of what is left.
        let proof = if *k == 0 {
            "unfold kl, Rdiv; rewrite !Rmult_0_l, Rplus_0_l; interval with (i_prec 80)"
        } else {
            "unfold kl; interval with (i_prec 80)"
        };
        format!(
            "From Coq Require Import Reals.
From Interval Require Import Tactic.
From Nonvacuous Require Import Divergence.

Section Numbers.
Local Open Scope R_scope.

Lemma kl_holds : {holds}.
Proof. {proof}. Qed.

(** The last decimal is the best: the next lower one would be claiming too much. *)
Lemma kl_best : {best}.
Proof. {proof}. Qed.

End Numbers.

"
        )
    }

    /// That the binomial tail is small enough at the bound by it.
    fn tail(&self) -> String {
        let Self {
            n,
            k,
            bits,
            design,
            by_tail,
            ..
        } = self;
        let [dn, dd] = self.delta.parts();
        let charged = match self.base {
            Some(base) => format!("({design} + {})", base.bits()),
            None => design.to_string(),
        };
        format!(
            "From mathcomp Require Import all_ssreflect ssralg ssrnum.
From mathcomp.classical Require Import boolp.
From mathcomp.analysis Require Import Rstruct.
From Nonvacuous Require Import Finite Binomial Code Occam Certificate Base.

Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

(** One comparison of whole numbers, which the kernel makes. *)
Lemma tail_holds : check {n} {k} ({bits} + {charged}) {by_tail} {ONE} {dn} {dd} = true.
Proof. vm_cast_no_check (erefl true). Qed.

"
        )
    }

    /// The theorems about a file that is complete by itself.
    fn theorems(&self) -> String {
        let Self {
            n, k, bits, design, ..
        } = self;
        let [dn, dd] = self.delta.parts();
        let theorem = |name: &str, units: u64, proof: &str| {
            format!(
                "Theorem {name} :
  1 - ratio {dn} {dd} <= Pr (iid P {n}%num) [pred examples |
    `[< forall f file,
          code f file ->
          (size file <= {bits}%num)%N ->
          (errors (wrong f file) examples <= {k}%num)%N ->
          risk P (wrong f file) < ratio {units} {ONE} >]].
Proof. exact: {proof}. Qed.

"
            )
        };
        let mut text = format!(
            "(** [wrong f file z]: the network that [file] decodes to in the format [f] is wrong on
    the example [z]. [`[< ... >]] is the event that what is in it is true. *)

Section Certificate.
Variables (Z : finType) (P : law Z).
Variables (format : finType) (code : format -> word -> Prop) (wrong : format -> word -> pred Z).
Hypothesis formats : (#|format| <= 2 ^ {design}%num)%N.
Hypothesis files_prefix_free : forall f, prefix_free (code f).

"
        );
        text += &theorem("certificate", self.by_tail, "(certified tail_holds P)");
        if let Some(units) = self.by_divergence {
            let proof = format!(
                "(@certified_kl {n} {k} {bits} {design} {units} {ONE} {dn} {dd} isT kl_holds Z P)"
            );
            text += &theorem("certificate_kl", units, &proof);
        }
        text + "End Certificate.\n"
    }

    /// The theorem about a file that is relative to a base.
    fn relative_theorem(&self, base: &BaseClaim) -> String {
        let Self {
            n,
            k,
            bits,
            design,
            by_tail,
            ..
        } = self;
        let [dn, dd] = self.delta.parts();
        let (candidates, pick) = (base.considered, base.bits());
        format!(
            "(** [wrong bases (f, i) file z]: the network that [file] decodes to in the format [f],
    relative to the [i]-th base, is wrong on the example [z]. *)
Theorem certificate (Z : finType) (P : law Z) (T : finType) (Q : law T) (format : finType)
    (code : T -> format * 'I_{candidates} -> word -> Prop)
    (wrong : T -> format * 'I_{candidates} -> word -> pred Z) :
  (#|format| <= 2 ^ {design}%num)%N ->
  (forall bases f, prefix_free (code bases f)) ->
  1 - ratio {dn} {dd} <= Pr (independent Q (iid P {n}%num)) [pred x |
    `[< forall f file,
          code x.1 f file ->
          (size file <= {bits}%num)%N ->
          (errors (wrong x.1 f file) x.2 <= {k}%num)%N ->
          risk P (wrong x.1 f file) < ratio {by_tail} {ONE} >]].
Proof.
move=> formats.
exact: (certified_base_check tail_holds P Q wrong formats (isT : ({candidates} <= 2 ^ {pick})%N)).
Qed.
"
        )
    }
}
