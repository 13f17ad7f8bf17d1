using System.Buffers.Binary;
using System.Text.Json.Nodes;
using DePinChain.Blocks;
using DePinChain.Crypto;
using DePinChain.Primitives;

namespace DePinChain.Client.Relay;

/// <summary>One end of a lane as a carrier sees it: its network's node, its modules, and a key that pays there.</summary>
public sealed class LaneEnd
{
    // Slots of the packets module that the other side's proofs name; they never change.
    private const ulong CommitmentSlot = 1, ReceiptSlot = 2, AcknowledgementSlot = 3;

    private static readonly TimeSpan ReceiptLimit = TimeSpan.FromSeconds(120);

    private readonly JsonRpcConnection _node;
    private readonly ModuleDirectory _modules;
    private readonly ModuleGateway _packets;
    private readonly ModuleGateway _clients;
    private readonly TransactionSender _sender;

    private LaneEnd(JsonRpcConnection node, ModuleDirectory modules, PrivateKey key, ulong chainId, ulong lane, ulong counterparty)
    {
        (_node, _modules, ChainId, Lane, Counterparty) = (node, modules, chainId, lane, counterparty);
        _packets = ModuleGateway.Of(node, modules, "packets");
        _clients = ModuleGateway.Of(node, modules, "lightClients");
        _sender = new TransactionSender(node, key);
    }

    public ulong ChainId { get; }

    /// <summary>The lane's number here.</summary>
    public ulong Lane { get; }

    /// <summary>The lane's number at the other end.</summary>
    public ulong Counterparty { get; }

    /// <summary>Looks a lane up.</summary>
    /// <exception cref="NodeRefusedException">There is none of this number.</exception>
    public static async Task<LaneEnd> OpenAsync(JsonRpcConnection node, PrivateKey key, ulong lane, CancellationToken cancellation)
    {
        ModuleDirectory modules = await ModuleDirectory.LoadAsync(node, cancellation);
        ulong chainId = (ulong)await node.QuantityAsync("eth_chainId", cancellation);
        AbiRecord record = await ModuleGateway.Of(node, modules, "packets").RecordAsync("lane", cancellation, (UInt256)lane);
        return new LaneEnd(node, modules, key, chainId, lane, record.Count("counterparty"));
    }

    /// <summary>The last block with its seals; null while nobody has sealed one.</summary>
    public async Task<LightBlock?> HeadAsync(CancellationToken cancellation)
    {
        LightBlock block = await LightBlockReader.FetchAsync(_node, null, cancellation);
        return block.Height == 0 ? null : block;
    }

    /// <summary>Packets that were sent here and are not concluded, ascending.</summary>
    public async Task<ulong[]> OutstandingAsync(CancellationToken cancellation)
    {
        var found = new List<ulong>();
        for (ulong walked = 0; ;)
        {
            AbiRecord page = await _packets.ViewAsync("outstanding", cancellation, (UInt256)Lane, (UInt256)walked, (UInt256)PageSize);
            found.AddRange(page.List("sequences").Select(static one => (ulong)(UInt256)one!)); // as its ABI says
            ulong next = page.Count("walked");
            if (next == walked) return [.. found];
            walked = next;
        }
    }

    /// <summary>Which packets of the other end were not received here.</summary>
    public async Task<SortedSet<ulong>> UnreceivedAsync(IReadOnlyList<ulong> sequences, CancellationToken cancellation)
    {
        var missing = new SortedSet<ulong>();
        foreach (ulong[] page in sequences.Chunk(PageSize))
        {
            object? answer = await _packets.ValueAsync(
                "unreceived", cancellation, (UInt256)Lane, page.Select(static one => (object?)(UInt256)one).ToArray());
            foreach (object? one in (object?[])answer!) missing.Add((ulong)(UInt256)one!); // as its ABI says
        }

        return missing;
    }

    public Task<ulong> TimeoutOfAsync(ulong sequence, CancellationToken cancellation) =>
        _packets.CountAsync("timeoutOf", cancellation, (UInt256)Lane, (UInt256)sequence);

    public async Task<byte[]> PacketOfAsync(ulong sequence, CancellationToken cancellation) =>
        (byte[])(await _packets.ValueAsync("packetOf", cancellation, (UInt256)Lane, (UInt256)sequence))!;

    public async Task<byte[]> AcknowledgementOfAsync(ulong sequence, CancellationToken cancellation) =>
        (byte[])(await _packets.ValueAsync("acknowledgementOf", cancellation, (UInt256)Lane, (UInt256)sequence))!;

    /// <summary>The last height of the other network that this end believes.</summary>
    public async Task<ulong> BelievedAsync(CancellationToken cancellation) =>
        (await _clients.RecordAsync("client", cancellation, (UInt256)Lane)).Count("height");

    public Task<bool> UpdateAsync(LightBlock block, CancellationToken cancellation) =>
        SendAsync(_clients.Plan("updateClient", Amount.Zero, (UInt256)Lane, block.Encode()), cancellation);

    public Task<bool> SendPacketsAsync(string method, ulong height, byte[][] account, object?[] items, CancellationToken cancellation) =>
        SendAsync(
            _packets.Plan(method, Amount.Zero, (UInt256)Lane, (UInt256)height, account.ToArray<object?>(), items), cancellation);

    /// <summary>A block of this network, with its seals.</summary>
    public Task<LightBlock> BlockAsync(ulong height, CancellationToken cancellation) =>
        LightBlockReader.FetchAsync(_node, height, cancellation);

    /// <summary>Proofs of what lies, or does not lie, at the locations of packets in this network's state after a block.</summary>
    public async Task<LaneProof> ProveAsync(
        LanePlace place, IReadOnlyList<ulong> sequences, ulong height, CancellationToken cancellation)
    {
        ulong slot = place switch
        {
            LanePlace.Commitment => CommitmentSlot,
            LanePlace.Receipt => ReceiptSlot,
            _ => AcknowledgementSlot,
        };
        JsonArray keys = [.. sequences.Select(one => (JsonNode?)LocationOf(slot, Lane, one).ToString())];
        JsonNode? answer = await _node.CallAsync(
            "eth_getProof", cancellation, _packets.Address.ToString(), keys, Hex.Quantity(height));
        JsonArray records = answer?["storageProof"] as JsonArray ?? [];
        if (records.Count != sequences.Count) throw new FormatException($"{_node.Endpoint} answered eth_getProof with what is no proof");
        return new LaneProof(
            height,
            NodesOf(answer?["accountProof"]),
            [.. sequences.Select((sequence, i) => new RecordProof(sequence, IsThere(records[i]), NodesOf(records[i]?["proof"])))]);
    }

    /// <summary>A module's refusal by its name; empty for what is none.</summary>
    public string NameOf(NodeRefusedException refused) =>
        refused.RevertData.Length == 0 ? "" : _modules.DecodeRevert(refused.RevertData).Name;

    /// <summary>Solidity's place of a value in a mapping of mappings of numbers.</summary>
    internal static Hash256 LocationOf(ulong slot, ulong lane, ulong sequence) =>
        Keyed(sequence, Keyed(lane, ((UInt256)slot).ToHash256()));

    private const int PageSize = 500;

    private static Hash256 Keyed(ulong key, Hash256 slot)
    {
        Span<byte> preimage = stackalloc byte[2 * Hash256.Size];
        preimage.Clear();
        BinaryPrimitives.WriteUInt64BigEndian(preimage[(Hash256.Size - sizeof(ulong))..], key);
        slot.CopyTo(preimage[Hash256.Size..]);
        return Keccak256.Hash(preimage);
    }

    private static bool IsThere(JsonNode? record) => record?["value"]?.GetValue<string>() is { } value && value is not ("0x" or "0x0");

    private static byte[][] NodesOf(JsonNode? nodes) =>
        [.. (nodes as JsonArray ?? []).Select(static node => Hex.Decode(node?.GetValue<string>() ?? ""))];

    // Estimated first: what the chain would refuse costs nothing, and says why.
    private async Task<bool> SendAsync(TransactionPlan plan, CancellationToken cancellation)
    {
        UnsignedTransaction transaction = await _sender.PrepareAsync(plan, cancellation);
        Hash256 hash = await _sender.SendAsync(transaction, cancellation);
        JsonObject receipt = await _sender.WaitAsync(hash, ReceiptLimit, cancellation);
        return receipt["status"]?.GetValue<string>() == "0x1";
    }
}

/// <summary>What of a packet is proven.</summary>
public enum LanePlace
{
    /// <summary>That it was sent.</summary>
    Commitment,

    /// <summary>That it was received, or not.</summary>
    Receipt,

    /// <summary>What became of it.</summary>
    Acknowledgement,
}

/// <summary>Proofs about packets after one block.</summary>
/// <param name="Height">The block.</param>
/// <param name="Account">Nodes to the packets module's account.</param>
/// <param name="Records">One for each packet that was asked for.</param>
public sealed record LaneProof(ulong Height, byte[][] Account, IReadOnlyList<RecordProof> Records);

/// <summary>The proof about one packet.</summary>
/// <param name="Sequence">Its number.</param>
/// <param name="IsThere">Whether something lies at its place.</param>
/// <param name="Nodes">From the module's storage root.</param>
public sealed record RecordProof(ulong Sequence, bool IsThere, byte[][] Nodes);
