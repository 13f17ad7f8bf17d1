using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Economy;

/// <summary>
/// What markets ask about those who deal in them. Credentials answers, which stands below the markets, since whoever has a credential shows
/// it everywhere.
/// </summary>
public interface IClientPolicies
{
    /// <summary>True when an account has said what it asks of those it deals with.</summary>
    bool HasPolicy(Address account);

    /// <summary>
    /// Whether a client has what a policy asks now: a few reads for each thing that is asked, so that a block's start may ask too.
    /// </summary>
    /// <param name="block">Now.</param>
    /// <param name="policyOf">The account whose policy it is.</param>
    /// <param name="client">Who wants to deal.</param>
    bool Admits(BlockContext block, Address policyOf, Address client);
}

/// <summary>
/// Who answers: filled while the catalog makes the modules, before anything runs, and the same in every scope. Where nobody answers there
/// is no policy to name.
/// </summary>
public sealed class ClientPolicies : IClientPolicies
{
    private IClientPolicies? _answers;

    /// <summary>Sets who answers, once.</summary>
    public void AnsweredBy(IClientPolicies answers)
    {
        Invariant.Assert(_answers is null, "One module answers for policies.");
        _answers = answers;
    }

    /// <inheritdoc/>
    public bool HasPolicy(Address account) => _answers?.HasPolicy(account) ?? false;

    /// <summary>Whether a client has what a policy asks; zero is no policy, which asks nothing.</summary>
    public bool Admits(BlockContext block, Address policyOf, Address client) =>
        policyOf.IsZero || (_answers?.Admits(block, policyOf, client) ?? false);
}
