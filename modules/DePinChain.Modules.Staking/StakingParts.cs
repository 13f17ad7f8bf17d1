using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Staking;

/// <summary>The parts of staking over one scope's state, wired to each other.</summary>
internal sealed class StakingParts
{
    public StakingParts(ModuleState state, Logs logs, ICoinIssuer issuer, StakeWatchers watchers)
    {
        Registry = new ValidatorRegistry(state);
        Rewards = new RewardPeriods(state, issuer);
        Delegations = new Delegations(state, logs, issuer, Registry, Rewards, watchers);
        Unbondings = new UnbondingQueue(state);
        Redelegations = new Redelegations(state);
        Slashes = new SlashQueue(state, logs, issuer, Delegations, Unbondings, Redelegations);
        Signing = new SigningLog(state);
        Epochs = new Epochs(state);
        Penalties = new Penalties(logs, issuer, Registry, Delegations, Epochs, Slashes);
        Boundary = new BoundaryStep(logs, Registry, Rewards, Epochs, Signing, Penalties);
    }

    public ValidatorRegistry Registry { get; }

    public RewardPeriods Rewards { get; }

    public Delegations Delegations { get; }

    public UnbondingQueue Unbondings { get; }

    public Redelegations Redelegations { get; }

    public SlashQueue Slashes { get; }

    public SigningLog Signing { get; }

    public Epochs Epochs { get; }

    public Penalties Penalties { get; }

    public BoundaryStep Boundary { get; }

    /// <summary>Forgets that an account has to do with a validator once it has neither stake nor entries there.</summary>
    public void Part(Address delegator, Address validator) => Delegations.Part(
        delegator, validator, Unbondings.Of(delegator, validator).Count + Redelegations.Into(delegator, validator).Count > 0);
}
