using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using static DePinChain.Modules.Sdk.Guard;

namespace DePinChain.Modules.Compute;

// Whom a host serves: one word for its leases and its devices in clusters.
public sealed partial class DevicesModule
{
    [Slot(7)] private partial Map<Address, Address> PolicyNames { get; }

    /// <summary>
    /// Names the policy that the caller's tenants and renters must satisfy when a lease or a cluster is made. What runs already goes on.
    /// </summary>
    /// <param name="call">The host, or an owner of devices.</param>
    /// <param name="policyOf">Whose policy: an account that set one with Credentials, such as the caller; zero asks nothing.</param>
    [Function]
    public void SetClientPolicy(Call call, Address policyOf)
    {
        Require(policyOf.IsZero || _policies.HasPolicy(policyOf), new UnknownPolicy(policyOf));
        PolicyNames[call.Sender] = policyOf;
        _logs.Emit(new ClientPolicyNamed(call.Sender, policyOf));
    }

    /// <summary>The account whose policy a host's tenants must satisfy; zero for none.</summary>
    /// <param name="host">The host.</param>
    [Function]
    public Address ClientPolicyOf(Address host) => PolicyNames.GetOr(host, Address.Zero);

    /// <summary>Whether a host's policy lets a client lease or rent from it now.</summary>
    /// <param name="block">Now.</param>
    /// <param name="host">The host.</param>
    /// <param name="client">The tenant or renter.</param>
    [Function]
    public bool Admits(BlockContext block, Address host, Address client)
    {
        Address policyOf = ClientPolicyOf(host);
        return policyOf.IsZero || _policies.Admits(block, policyOf, client);
    }
}
