using DePinChain.Client;
using DePinChain.Crypto;
using DePinChain.Primitives;

namespace DePinChain.Explorer.Tests;

/// <summary>A deal, a lease and a subnet with weights, made by plain transactions: what pages of the markets are about.</summary>
internal sealed class MarketScenario(JsonRpcConnection node, ModuleCaller caller)
{
    // A piece that the localnet's own provider once made; its bytes are nobody's concern here.
    private const string PieceCid = "bafkzcibewdwemeni3k3nueykmuemv6qldutxcrc5rwnkjfg5nfhf65a6tp3iq57wem";
    private const uint CommitReveal = 5;
    private static readonly UInt256 One = 1UL;

    /// <summary>The lease's number.</summary>
    public static Hash256 Lease { get; private set; }

    /// <summary>The escrow account that pays it.</summary>
    public static Hash256 Escrow { get; private set; }

    /// <summary>The order that it came from.</summary>
    public static Hash256 Order { get; private set; }

    public async Task RunAsync(PrivateKey client, PrivateKey provider)
    {
        await ProposeDealAsync(client);
        await MakeSubnetAsync(client, provider);
        await MakeLeaseAsync(client, provider);
    }

    private async Task ProposeDealAsync(PrivateKey client)
    {
        ulong now = (ulong)await node.QuantityAsync("eth_blockNumber", default);
        object?[] proposal =
        [
            Base32(PieceCid[1..]), client.Address, One, UInt256.Zero, (UInt256)(now + 400), (UInt256)(now + 1_000),
            (UInt256)651_041_666_667UL,
            Amount.FromDpn(1).ToUInt256(), UInt256.Zero, (UInt256)10UL, UInt256.Zero, Address.Zero, new byte[32], One,
        ];
        await SendAsync(client, "storageMarket", "proposeDeal", Amount.FromDpn(2), [proposal]);
    }

    private async Task MakeSubnetAsync(PrivateKey owner, PrivateKey miner)
    {
        await SendAsync(owner, "subnets", "registerSubnet", Amount.FromDpn(100), owner.Address, new byte[32], "text of tests");
        await SendAsync(owner, "subnets", "startEmission", Amount.Zero, One);
        await SendAsync(owner, "subnets", "setParameter", Amount.Zero, One, (UInt256)CommitReveal, UInt256.Zero);
        await SendAsync(owner, "subnets", "stake", Amount.FromDpn(1_000), owner.Address);
        await SendAsync(miner, "subnets", "register", Amount.FromDpn(10), One, miner.Address);

        // uid 0 gives uid 1 everything: two bytes of uid, two of weight.
        await SendAsync(owner, "subnets", "setWeights", Amount.Zero, One, new byte[] { 0, 1, 0xff, 0xff }, UInt256.Zero, new byte[32]);
    }

    private async Task MakeLeaseAsync(PrivateKey tenant, PrivateKey provider)
    {
        object?[] capacity = [(UInt256)4_000UL, (UInt256)4_096UL, (UInt256)4_096UL, Array.Empty<object?>()];
        await SendAsync(provider, "computeMarket", "registerProvider", Amount.FromDpn(100), "https://provider.example", new byte[32],
            UInt256.Zero, UInt256.Zero, (UInt256)31UL, Array.Empty<object?>(), capacity);
        object?[] unit =
        [
            (UInt256)100UL, (UInt256)64UL, Array.Empty<object?>(), UInt256.Zero, Array.Empty<object?>(), UInt256.Zero, UInt256.Zero,
            UInt256.Zero, UInt256.Zero, One, (UInt256)1_000_000_000_000_000UL,
        ];
        object?[] group =
        [
            new byte[32], Array.Empty<object?>(), Array.Empty<object?>(), Array.Empty<object?>(), Array.Empty<object?>(),
            new object?[] { unit },
        ];
        await SendAsync(tenant, "computeMarket", "createDeployment", Amount.Parse("5.001"), One, new byte[32], new object?[] { group },
            One, UInt256.Zero, UInt256.Zero, UInt256.Zero, Amount.FromDpn(5).ToUInt256());
        object?[] order = [tenant.Address, One, One, One];
        await SendAsync(provider, "computeMarket", "createBid", Amount.Parse("0.5"), order, UInt256.Zero, (UInt256)14_000_000_000_000UL,
            new byte[32], UInt256.Zero, (UInt256)1_000_000UL, Amount.Parse("0.5").ToUInt256());
        ModuleGateway market = caller.Gateway("computeMarket");
        ulong head = (ulong)await node.QuantityAsync("eth_blockNumber", default);
        AbiRecord bid = (await market.LogsAsync("BidPlaced", 0, head, default))[^1].Values;
        (Lease, Order) = (bid.Hash("bid"), bid.Hash("order"));
        await SendAsync(tenant, "computeMarket", "createLease", Amount.Zero, Lease.ToArray());
        await SendAsync(provider, "computeMarket", "acknowledgeLease", Amount.Zero, Lease.ToArray());
        Escrow = new Hash256((byte[])(await market.ValueAsync("accountOf", default, tenant.Address, One))!);
    }

    private Task SendAsync(PrivateKey key, string module, string method, Amount value, params object?[] arguments) =>
        caller.SendAsync(key, module, method, value, arguments);

    /// <summary>RFC 4648 in small letters, as CIDs have it.</summary>
    private static byte[] Base32(string text)
    {
        var bytes = new List<byte>();
        int held = 0, bits = 0;
        foreach (char letter in text)
        {
            held = (held << 5) | "abcdefghijklmnopqrstuvwxyz234567".IndexOf(letter, StringComparison.Ordinal);
            bits += 5;
            if (bits < 8) continue;
            bits -= 8;
            bytes.Add((byte)(held >> bits));
            held &= (1 << bits) - 1;
        }

        return [.. bytes];
    }
}
