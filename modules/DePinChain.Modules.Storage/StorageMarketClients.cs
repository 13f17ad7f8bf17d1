using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using static DePinChain.Modules.Sdk.Guard;

namespace DePinChain.Modules.Storage;

/// <content>Whom a provider serves.</content>
public sealed partial class StorageMarketModule
{
    /// <summary>
    /// Names the policy that a provider's clients must satisfy when a deal is made or renews itself. Deals that were made go on.
    /// </summary>
    /// <param name="call">The owner.</param>
    /// <param name="providerId">The provider.</param>
    /// <param name="policyOf">Whose policy: an account that set one with Credentials, such as the caller; zero asks nothing.</param>
    [Function]
    public void SetClientPolicy(Call call, ulong providerId, Address policyOf)
    {
        _providers.GetOwned(providerId, call.Sender);
        Require(policyOf.IsZero || _policies.HasPolicy(policyOf), new UnknownPolicy(policyOf));
        _providers.SetPolicy(providerId, policyOf);
        _logs.Emit(new ClientPolicyNamed(providerId, policyOf));
    }

    /// <summary>The account whose policy a provider's clients must satisfy; zero for none.</summary>
    /// <param name="providerId">The provider.</param>
    [Function]
    public Address ClientPolicyOf(ulong providerId) => _providers.PolicyOf(providerId);

    /// <summary>Whether a provider's policy lets a client make a deal with it now.</summary>
    /// <param name="block">Now.</param>
    /// <param name="providerId">The provider.</param>
    /// <param name="client">The client.</param>
    [Function]
    public bool Admits(BlockContext block, ulong providerId, Address client)
    {
        Address policyOf = _providers.PolicyOf(providerId);
        return policyOf.IsZero || _policies.Admits(block, policyOf, client);
    }

    private void RequireAdmitted(BlockContext block, ulong providerId, Address client) =>
        RequireTerms(Admits(block, providerId, client) ? DealFault.None : DealFault.Credentials);
}
