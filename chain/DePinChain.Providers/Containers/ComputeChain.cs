using DePinChain.Client;
using DePinChain.Crypto;
using DePinChain.Primitives;

namespace DePinChain.Providers.Containers;

/// <summary>What states of leases and providers mean on the chain.</summary>
internal static class MarketWords
{
    public const ulong Matched = 1, Active = 2, Reclaiming = 3;

    public const ulong ProviderActive = 1, ProviderDraining = 2, ProviderJailed = 3;

    public const uint Decommission = 10_001, NoManifest = 10_003;
}

/// <summary>The compute modules by the names of their ABI, and the provider's account.</summary>
internal sealed class ComputeChain : IDisposable
{
    private const uint PageMax = 100;
    private static readonly AbiType AddressWord = AbiType.Parse("address"), Number = AbiType.Parse("uint256");

    private readonly ModuleGateway _committees;

    private ComputeChain(AgentAccount account, GovernedParameters parameters)
    {
        (Account, Parameters) = (account, parameters);
        Market = account.Module("computeMarket");
        Escrow = account.Module("escrow");
        Devices = account.Module("devices");
        _committees = account.Module("attestations");
    }

    public AgentAccount Account { get; }

    public GovernedParameters Parameters { get; }

    public ModuleGateway Market { get; }

    public ModuleGateway Escrow { get; }

    public ModuleGateway Devices { get; }

    public Address Provider => Account.Address;

    public static async Task<ComputeChain> OpenAsync(string rpc, PrivateKey key, CancellationToken cancellation)
    {
        AgentAccount account = await AgentAccount.OpenAsync(rpc, key, cancellation);
        try
        {
            return new ComputeChain(account, await account.ParametersAsync(cancellation));
        }
        catch
        {
            account.Dispose();
            throw;
        }
    }

    public ulong Blocks(string parameter) => Parameters.Count("computeMarket", parameter);

    /// <summary>The provider's leases that are not over.</summary>
    public async Task<IReadOnlyList<Hash256>> LeasesAsync(CancellationToken cancellation)
    {
        var leases = new List<Hash256>();
        while (true)
        {
            object?[] page = (object?[])(await Market.ValueAsync(
                "getLeases", cancellation, Provider, (UInt256)(ulong)leases.Count, (UInt256)PageMax))!;
            leases.AddRange(page.Select(static one => new Hash256((byte[])one!)));
            if (page.Length < PageMax) return leases;
        }
    }

    public Task<AbiRecord> LeaseAsync(Hash256 lease, CancellationToken cancellation) =>
        Market.RecordAsync("getLease", cancellation, lease.ToArray());

    public Task<AbiRecord> OrderAsync(Hash256 order, CancellationToken cancellation) =>
        Market.RecordAsync("getOrder", cancellation, order.ToArray());

    /// <summary>keccak256(abi.encode(owner, dseq, gseq, oseq, provider, bseq)): this provider's first bid for an order.</summary>
    public Hash256 BidOf(AbiRecord order) => Keccak256.Hash(AbiCodec.Encode(
        [AddressWord, Number, Number, Number, AddressWord, Number],
        [order.Address("owner"), order["dseq"], order["gseq"], order["oseq"], Provider, UInt256.Zero]));

    /// <summary>The provider's record; null when it is none.</summary>
    public async Task<AbiRecord?> FindProviderAsync(CancellationToken cancellation)
    {
        try
        {
            return await Market.RecordAsync("getProvider", cancellation, Provider);
        }
        catch (NodeRefusedException)
        {
            return null;
        }
    }

    /// <summary>What a committee asks of a device now; null when none does.</summary>
    public async Task<AbiRecord?> FindChallengeAsync(Hash256 device, CancellationToken cancellation)
    {
        try
        {
            return await Devices.RecordAsync("getChallenge", cancellation, device.ToArray());
        }
        catch (NodeRefusedException none) when (none.RevertData.Length > 0)
        {
            return null;
        }
    }

    /// <summary>For which member of a job's committee a key attests; null when it does for none, or the job is in another phase.</summary>
    public async Task<Address?> FindMemberAsync(ulong job, Address worker, ulong phase, CancellationToken cancellation)
    {
        var verifier = (Address)(await _committees.ValueAsync("ownerOfWorker", cancellation, worker))!; // as its ABI says
        AbiRecord report = await _committees.RecordAsync("getJob", cancellation, (UInt256)job);
        AbiRecord progress = report.Record("progress");
        if (verifier.IsZero || progress.Count("state") != phase) return null;
        object?[] seats = (object?[])(await _committees.ValueAsync("getSeats", cancellation, (UInt256)job))!;
        AbiParameter seat = _committees.Module.Abi.Functions.First(static function => function.Name == "getSeats").Outputs[0];
        bool isMember = seats.Skip((int)progress.Count("firstSeat"))
            .Any(one => new AbiRecord(seat.Components, (object?[])one!).Address("verifier") == verifier);
        return isMember ? verifier : null;
    }

    public void Dispose() => Account.Dispose();
}
