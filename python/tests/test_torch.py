"""The length of a file as a loss."""

import nonvacuous
import numpy as np
import pytest
from conftest import Images

torch = pytest.importorskip("torch")

LAYERS = "dense:64:b relu dense:10:b"


def network() -> "torch.nn.Sequential":
    torch.manual_seed(0)
    return torch.nn.Sequential(
        torch.nn.Flatten(), torch.nn.Linear(64, 64), torch.nn.ReLU(), torch.nn.Linear(64, 10)
    )


def rate_of(module: "torch.nn.Module", codewords: int = 4) -> "nonvacuous.torch.RateLoss":
    from nonvacuous.torch import RateLoss

    return RateLoss(module, LAYERS, (1, 8, 8), codewords=codewords)


def test_on_quantised_weights_it_is_the_length_of_the_file() -> None:
    module = network()
    rate = rate_of(module)
    module.load_state_dict({name: value.detach() for name, value in rate.quantised().items()})
    bits, exact = float(rate().detach()), rate.model().bits
    assert abs(bits - exact) <= 0.01 * exact + 16
    assert bits == exact


def test_its_gradient_is_that_of_its_value() -> None:
    module = network()
    rate = rate_of(module)
    rate().backward()
    weight = module[1].weight
    place = (3, 7)
    gradient = float(weight.grad[place])
    step = 1e-4
    values = []
    for sign in (1, -1):
        with torch.no_grad():
            weight[place] += sign * step
            values.append(float(rate().detach().double()))
            weight[place] -= sign * step
    slope = (values[0] - values[1]) / (2 * step)
    # Single precision holds a length of some thousand bits to a few thousandths.
    assert abs(slope - gradient) < 0.05 * abs(gradient) + 20.0
    assert gradient != 0.0


def test_the_network_computes_with_what_its_file_says() -> None:
    module = network()
    rate = rate_of(module)
    values = [value.detach().numpy() for value in rate.quantised().values()]
    for one, other in zip(values, rate.model().weights.values()):
        assert np.allclose(one, other, rtol=1e-6)


def test_parameters_that_do_not_fit_are_refused() -> None:
    from nonvacuous.torch import RateLoss

    with pytest.raises(nonvacuous.ModelError, match="the module has"):
        RateLoss(network(), "dense:10:b", (1, 8, 8))
    with pytest.raises(nonvacuous.DomainError, match="codewords"):
        RateLoss(network(), LAYERS, (1, 8, 8), codewords=0)


def test_a_tensor_of_zeros_gets_levels_when_it_has_learnt() -> None:
    module = network()
    with torch.no_grad():
        module[1].bias.zero_()
    rate = rate_of(module)
    with torch.no_grad():
        module[1].bias.copy_(torch.linspace(-1, 1, 64))
    rate.move_levels()
    assert len(rate.quantised()["1.bias"].unique()) > 2


def test_weights_that_are_not_finite_are_refused() -> None:
    module = network()
    rate = rate_of(module)
    with torch.no_grad():
        module[1].weight[0, 0] = float("nan")
    with pytest.raises(nonvacuous.ModelError, match="not finite"):
        rate()


def test_a_module_s_modes_are_as_they_were(digits: tuple[Images, Images]) -> None:
    pytest.importorskip("onnx")
    module = torch.nn.Sequential(
        torch.nn.Flatten(), torch.nn.Linear(64, 16), torch.nn.BatchNorm1d(16), torch.nn.ReLU(),
        torch.nn.Linear(16, 10),
    )
    module[2].eval()
    nonvacuous.certify(module, *digits)
    assert module.training and not module[2].training


def trained(digits: tuple[Images, Images], price: float) -> tuple[int, int]:
    """Errors and bits of a network trained at a price of its length."""
    images, labels = torch.from_numpy(digits[0] / np.float32(255)), torch.from_numpy(digits[1])
    labels = labels.long()
    module = network()
    rate = rate_of(module, codewords=2)
    steps = 1500
    optimiser = torch.optim.Adam(module.parameters(), lr=0.01)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps)
    for step in range(steps):
        if step % 25 == 0:
            rate.move_levels()
        chosen = torch.randint(len(images), (64,))
        logits = torch.func.functional_call(module, rate.quantised(), (images[chosen],))
        loss = torch.nn.functional.cross_entropy(logits, labels[chosen])
        if price > 0.0:
            loss = loss + price * rate() * np.log(2) / len(images)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
    model = rate.model()
    return int((model.predict(digits[0]) != digits[1]).sum()), model.bits


def test_training_with_it_shortens_the_file(digits: tuple[Images, Images]) -> None:
    errors, bits = trained(digits, 0.0)
    fewer_errors, shorter = trained(digits, 0.06)
    print(f"without: {errors} errors, {bits} bits; with: {fewer_errors} errors, {shorter} bits")
    assert fewer_errors <= errors + 3
    assert shorter <= 0.8 * bits


def test_a_module_is_certified(digits: tuple[Images, Images]) -> None:
    pytest.importorskip("onnx")
    module = network()
    found = nonvacuous.certify(module, torch.from_numpy(digits[0])[:, None], digits[1])
    assert found.verify(*digits)
    assert module.training


def test_tensors_are_read_without_numpy_s_help(digits: tuple[Images, Images]) -> None:
    certificate = nonvacuous.certify(None, *digits, effort="quick")
    images = torch.from_numpy(digits[0]).requires_grad_(False)
    assert certificate.verify(images, torch.from_numpy(digits[1]))
