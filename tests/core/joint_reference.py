"""The posterior in `joint_reference.json`, found by NumPyro: the same model and priors, written down and sampled by others.

NumPyro is not among the dependencies. To find the posterior again, in an environment that has numpyro 0.22.0 and jax 0.10.2, and
print the file anew:

    python tests/core/joint_reference.py > joint_reference.json
"""

import json
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import numpyro
import numpyro.distributions as dist
from jax.scipy.linalg import solve_triangular
from jax.scipy.special import gammaln, logsumexp
from numpyro.diagnostics import effective_sample_size, split_gelman_rubin
from numpyro.infer import MCMC, NUTS

jax.config.update("jax_enable_x64", True)
TAILS = np.array([3.0, 4.0, 5.0, 6.0, 8.0, 10.0, 14.0, 20.0, 30.0, 50.0, 100.0])
PANEL = json.loads(Path(__file__).with_name("joint_reference.json").read_text(encoding="utf-8"))["panel"]
VALUES = np.array([[np.nan if value is None else value for value in row] for row in PANEL["values"]])
SE, SCALE, ENTITY = np.array(PANEL["se"]), np.array(PANEL["scale"]), np.array(PANEL["entity"])
CHANNELS, SIZE = VALUES.shape
ENTITIES, RATERS = ENTITY.max() + 1, np.max(PANEL["raters"]) + 1
KNOWN = ~np.isnan(VALUES)
FIRST_GUESS = np.nanmean(VALUES, axis=0)
CENTRED = np.where(KNOWN, VALUES - FIRST_GUESS, 0.0)
SHARES = np.zeros((CHANNELS, SIZE, RATERS))
for CHANNEL, BOTH in enumerate(PANEL["raters"]):
    SHARES[CHANNEL, :2, BOTH] = 0.5
ERRORS = SE[:, :, None] * SE[:, None, :] * np.array(PANEL["error_correlation"])
ROOTS = np.linalg.cholesky(np.where(KNOWN[:, :, None] & KNOWN[:, None, :], ERRORS, np.eye(SIZE)))
STEPS = np.array([[1.0, 1.0, 1.0], [-1.0, 1.0, 0.0], [-1.0, -1.0, 2.0]]) / np.sqrt([[3.0], [2.0], [6.0]])
BACK, TURNED = SCALE[:, None] * STEPS.T, np.array([np.sqrt(3.0), 1.0, 1.0])


def covariance(name):
    """A covariance with Huang and Wand's prior of mean and differences, by Bartlett's decomposition of its inverse."""
    auxiliary = numpyro.sample(f"{name}_auxiliary", dist.InverseGamma(0.5 * jnp.ones(SIZE), 1 / TURNED**2))
    diagonal = numpyro.sample(f"{name}_diagonal", dist.Chi2(2.0 + SIZE - 1 - jnp.arange(SIZE)))
    below = numpyro.sample(f"{name}_below", dist.Normal(0, 1).expand([SIZE * (SIZE - 1) // 2]))
    triangle = jnp.zeros((SIZE, SIZE)).at[jnp.tril_indices(SIZE, -1)].set(below) + jnp.diag(jnp.sqrt(diagonal))
    half = solve_triangular(triangle, jnp.diag(jnp.sqrt(4 / auxiliary)), lower=True) @ BACK.T
    return numpyro.deterministic(name, half.T @ half)


def model():
    mean = numpyro.sample("mean", dist.Normal(0, 10 * SCALE))
    between, own = covariance("between"), covariance("own")
    units = numpyro.sample("units", dist.Normal(0, 1).expand([ENTITIES, SIZE]))
    entity = numpyro.deterministic("entity", units @ jnp.linalg.cholesky(between).T)
    auxiliary = numpyro.sample("severity_auxiliary", dist.InverseGamma(0.5, 1 / SCALE.mean() ** 2))
    variance = numpyro.sample("severity_plain", dist.InverseGamma(1.0, 1.0)) * 2 / auxiliary
    numpyro.deterministic("severity_sd", jnp.sqrt(variance))
    severity = numpyro.sample("severity_units", dist.Normal(0, 1).expand([RATERS])) * jnp.sqrt(variance)
    numpyro.deterministic("severity", severity)
    root = jnp.linalg.cholesky(own)
    part = numpyro.sample("part", dist.ImproperUniform(dist.constraints.real, (CHANNELS, SIZE), ()))
    distance = (solve_triangular(root, part.T, lower=True) ** 2).sum(axis=0)
    tails = [
        (gammaln((v + SIZE) / 2) - gammaln(v / 2) - SIZE / 2 * jnp.log(v) - (v + SIZE) / 2 * jnp.log1p(distance / v)).sum()
        for v in TAILS
    ]
    numpyro.factor("tail", logsumexp(jnp.stack(tails)) - CHANNELS * jnp.log(jnp.diag(root)).sum())
    effect = numpyro.deterministic("effect", mean + entity[ENTITY] + part)
    left = jnp.where(KNOWN, CENTRED - effect + jnp.einsum("cir,r->ci", SHARES, severity), 0.0)
    error = jax.vmap(lambda root, one: solve_triangular(root, one, lower=True))(ROOTS, left)
    numpyro.factor("values", -0.5 * (error**2).sum())


def summary(draws):
    """The mean and spread of draws, chains first."""
    rows = draws.reshape(-1, *draws.shape[2:])
    return {"mean": np.round(rows.mean(axis=0), 3).tolist(), "sd": np.round(rows.std(axis=0), 3).tolist()}


if __name__ == "__main__":
    sampler = MCMC(NUTS(model, target_accept_prob=0.9), num_warmup=1500, num_samples=4000, num_chains=4, progress_bar=False)
    sampler.run(jax.random.PRNGKey(1))
    found = {name: np.asarray(draws) for name, draws in sampler.get_samples(group_by_chain=True).items()}
    found |= {name: found[name] + FIRST_GUESS for name in ("effect", "mean")}
    found |= {name: np.log(np.diagonal(found[name], axis1=2, axis2=3)) / 2 for name in ("between", "own")}
    found["severity_sd"] = np.log(found["severity_sd"])
    posterior = {name: found[name] for name in ("effect", "mean", "entity", "severity", "own", "between", "severity_sd")}
    settled = [
        (float(split_gelman_rubin(draws).max()), float(effective_sample_size(draws).min())) for draws in posterior.values()
    ]
    versions = f"numpyro {numpyro.__version__} on jax {jax.__version__}"
    worth = f"worst R-hat {max(rhat for rhat, _ in settled):.3f}, fewest effective draws {min(ess for _, ess in settled):.0f}"
    recipe = f"tests/core/joint_reference.py: {versions}, NUTS, 4 chains of 1,500 + 4,000 draws, key 1; {worth}"
    summaries = {name: summary(draws) for name, draws in posterior.items()}
    print(json.dumps({"recipe": recipe, "panel": PANEL, "posterior": summaries}))
