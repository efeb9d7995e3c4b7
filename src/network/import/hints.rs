//! What names of tensors say about a network that an architecture alone does not read.

/// Endings or parts of names, and what they stand for.
const KINDS: [(&[&str], &str); 6] = [
    (
        &["_mask"],
        "masks of pruning are not applied here; in Python, torch.nn.utils.prune.remove(module, \
         \"weight\") applies them",
    ),
    (
        &["weight_u", "parametrizations.weight.0._u", "spectral_norm"],
        "weights divided by their spectral norm are not computed here; in Python, \
         torch.nn.utils.remove_spectral_norm(module) or \
         torch.nn.utils.parametrize.remove_parametrizations(module, \"weight\") computes them",
    ),
    (
        &["weight_g", "weight_v", "parametrizations."],
        "weights in parts (weight_norm, parametrizations) are not put together here; in Python, \
         torch.nn.utils.remove_weight_norm(module) or \
         torch.nn.utils.parametrize.remove_parametrizations(module, \"weight\") does it",
    ),
    (
        &[
            "ema.",
            "ema_",
            "_ema",
            "ema/",
            "shadow",
            "moving_average",
            "averagedmodel",
        ],
        "a moving average of the weights beside the weights is another network: choose one with \
         --tensor, and leave out the other with --ignore",
    ),
    (
        &["lora_", "adapter"],
        "adapters are not merged here; in Python, peft's merge_and_unload() merges them",
    ),
    (
        &["_scale", "zero_point", "qweight", "quant_state", "absmax"],
        "quantised weights are not multiplied out here; dequantise them before saving",
    ),
];

/// The end of a message about these names: what they stand for, if that is known.
pub(super) fn hint<'a>(names: impl IntoIterator<Item = &'a String>) -> String {
    let names: Vec<String> = names.into_iter().map(|name| name.to_lowercase()).collect();
    let is_in_a_name = |part: &&'static str| names.iter().any(|name| name.contains(*part));
    let known = KINDS
        .iter()
        .find(|(parts, _)| parts.iter().any(is_in_a_name));
    known.map_or_else(String::new, |(_, meaning)| format!("; {meaning}"))
}
