(** * The divergence of two coins

    [kl q p], in nats, in Coq's own notation for real numbers, so that the tactic [interval] can
    bound it. In [Reals], [ln x = 0] for [x <= 0], so that [0 ln 0 = 0] as it should be. The
    infinite values, at [p = 0] and [p = 1], are excluded where [kl] is used. *)

From Coq Require Import Reals.
Local Open Scope R_scope.

Definition kl (q p : R) : R := q * ln (q / p) + (1 - q) * ln ((1 - q) / (1 - p)).
