using System.Security.Cryptography;
using DePinChain.Client;
using DePinChain.Client.Containers;
using DePinChain.Crypto;
using DePinChain.Primitives;

namespace DePinChain.Cli.Commands;

/// <summary>The compute modules of the node, and the tenant's key.</summary>
internal sealed class ComputeDesk : IDisposable
{
    private static readonly string[] OrderStates = ["unknown", "open", "matched", "closed"];
    private static readonly string[] LeaseStates = ["none", "matched", "active", "reclaiming", "out of money", "closed"];
    private static readonly string[] GroupStates = ["unknown", "open", "paused", "out of money", "closed"];
    private static readonly string[] BidStates = ["unknown", "committed", "open", "won", "lost", "closed"];

    private readonly Session _session;

    private ComputeDesk(Session session, ModuleDirectory modules, GovernedParameters parameters, PrivateKey key, ulong chainId)
    {
        (_session, Parameters, Key, ChainId) = (session, parameters, key, chainId);
        Sender = new TransactionSender(session.Node, key);
        Market = ModuleGateway.Of(session.Node, modules, "computeMarket");
        Escrow = ModuleGateway.Of(session.Node, modules, "escrow");
    }

    public GovernedParameters Parameters { get; }

    public PrivateKey Key { get; }

    public ulong ChainId { get; }

    public TransactionSender Sender { get; }

    public ModuleGateway Market { get; }

    public ModuleGateway Escrow { get; }

    public static async Task<ComputeDesk> OpenAsync(Session session, CancellationToken cancellation)
    {
        ModuleDirectory modules = await session.ModulesAsync(cancellation);
        GovernedParameters parameters = await GovernedParameters.LoadAsync(session.Node, cancellation);
        ulong chainId = (ulong)await session.Node.QuantityAsync("eth_chainId", cancellation);
        return new ComputeDesk(session, modules, parameters, await session.KeyAsync(cancellation), chainId);
    }

    public static string OrderState(ulong state) => OrderStates[Math.Min(state, 3)];

    public static string LeaseState(ulong state) => LeaseStates[Math.Min(state, 5)];

    public static string GroupState(ulong state) => GroupStates[Math.Min(state, 4)];

    public static string BidState(ulong state) => BidStates[Math.Min(state, 5)];

    /// <summary>Why a lease or an order ended, in words.</summary>
    public static string? ReasonOf(ulong reason) => reason switch
    {
        0 => null,
        1 => "closed by its tenant",
        2 => "nobody bid",
        3 => "nobody who bid could serve it any more",
        10_000 => "the provider calls it unstable",
        10_001 => "the provider goes out of service",
        10_002 => "the provider ended it",
        10_003 => "the provider got no manifest that it could run",
        10_004 => "the provider never started it: its deposit went to the tenant",
        10_005 => "the provider vanished: silence and notice came out of its deposit",
        20_000 => "the money ended",
        _ => $"reason {reason}",
    };

    public async Task<ulong> HeadAsync(CancellationToken cancellation) =>
        (ulong)await _session.Node.QuantityAsync("eth_blockNumber", cancellation);

    /// <summary>Sends a call and waits for its block.</summary>
    /// <returns>The block.</returns>
    public Task<ulong> SendAsync(TransactionPlan plan, CancellationToken cancellation) =>
        TransactionFlow.StepAsync(_session, Sender, plan, cancellation);

    public Task<AbiRecord> DeploymentAsync(ulong dseq, CancellationToken cancellation) =>
        Market.RecordAsync("getDeployment", cancellation, Key.Address, (UInt256)dseq);

    /// <summary>A deployment that exists.</summary>
    public async Task<AbiRecord> RequireDeploymentAsync(ulong dseq, CancellationToken cancellation)
    {
        AbiRecord record = await DeploymentAsync(dseq, cancellation);
        return record.Count("state") != 0 ? record
            : throw new CliFailure(ExitCode.RejectedByChain, "UnknownDeployment", $"{Key.Address} has no deployment {dseq}")
            {
                Hint = "depin compute leases shows yours; --key says whose",
            };
    }

    public async Task<Hash256> AccountOfAsync(ulong dseq, CancellationToken cancellation) =>
        new((byte[])(await Market.ValueAsync("accountOf", cancellation, Key.Address, (UInt256)dseq))!);

    /// <summary>The groups of a deployment with their last orders and leases.</summary>
    public async Task<IReadOnlyList<GroupView>> GroupsAsync(ulong dseq, CancellationToken cancellation)
    {
        AbiRecord deployment = await RequireDeploymentAsync(dseq, cancellation);
        var groups = new List<GroupView>();
        for (ulong gseq = 1; gseq <= deployment.Count("groups"); gseq++)
        {
            AbiRecord group = await Market.RecordAsync("getGroup", cancellation, Key.Address, (UInt256)dseq, (UInt256)gseq);
            object?[] id = [Key.Address, (UInt256)dseq, (UInt256)gseq, group["orders"]];
            var key = new Hash256((byte[])(await Market.ValueAsync("orderKey", cancellation, [id]))!);
            AbiRecord order = await Market.RecordAsync("getOrder", cancellation, key.ToArray());
            Hash256 lease = order.Hash("winner");
            AbiRecord? record = lease.IsZero ? null : await Market.RecordAsync("getLease", cancellation, lease.ToArray());
            groups.Add(new GroupView(gseq, group, key, order, lease, record));
        }

        return groups;
    }

    /// <summary>A private line to the provider of a lease.</summary>
    public async Task<ComputeLink> LinkAsync(Address provider, CancellationToken cancellation)
    {
        AbiRecord record = await Market.RecordAsync("getProvider", cancellation, provider);
        ulong head = await HeadAsync(cancellation), now = (ulong)DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var keys = new List<Hash256>();
        foreach (ModuleLog log in await Market.LogsAsync("CertificatePublished", 0, head, cancellation, LogTopic.Of(provider)))
        {
            Hash256 spki = log.Values.Hash("spki");
            AbiRecord word = await Market.RecordAsync("getCert", cancellation, provider, spki.ToArray());
            if (!word.Flag("isRevoked") && word.Count("notBefore") <= now && now < word.Count("notAfter")) keys.Add(spki);
        }

        if (keys.Count == 0)
        {
            throw new CliFailure(ExitCode.RefusedForSafety, "NoTlsKey", $"provider {provider} has published no TLS key that is valid now")
            {
                Hint = "a manifest goes to a provider in private or not at all; ask it to start its agent, or close and deploy again",
            };
        }

        return new ComputeLink(record.Text("uri"), ChainId, provider, keys, Key, _session.Timeout);
    }

    /// <summary>What is sent of a group.</summary>
    public static ManifestDelivery DeliveryOf(ComputeBook book, ulong group) => new(
        [.. book.Groups.Select(static one => Hex.Encode(SHA256.HashData(Convert.FromBase64String(one))))], book.Groups[(int)group - 1]);

    public void Dispose() => Key.Dispose();
}

/// <summary>A group as it stands.</summary>
/// <param name="Gseq">Its number.</param>
/// <param name="Group">Its record.</param>
/// <param name="OrderKey">Its last order.</param>
/// <param name="Order">That order's record.</param>
/// <param name="Lease">The lease it became; zero for none.</param>
/// <param name="Record">That lease's record.</param>
internal sealed record GroupView(ulong Gseq, AbiRecord Group, Hash256 OrderKey, AbiRecord Order, Hash256 Lease, AbiRecord? Record)
{
    public bool IsLive => Record?.Count("state") is >= 1 and <= 3;
}
