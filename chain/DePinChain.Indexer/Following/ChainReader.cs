using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Json.Nodes;
using DePinChain.Client;
using DePinChain.Indexer.Rows;
using DePinChain.Primitives;

namespace DePinChain.Indexer.Following;

/// <summary>Which chain a node is on.</summary>
public sealed record ChainIdentity(ulong ChainId, Hash256 Genesis, string Network, bool IsDevelopment)
{
    /// <summary>Wei per gas below which the base fee never falls.</summary>
    public UInt128 MinBaseFee { get; init; }
}

/// <summary>What the indexer asks of a node, in few requests.</summary>
public sealed class ChainReader(JsonRpcConnection node)
{
    /// <summary>A node takes 100 calls in one request.</summary>
    private const int CallsMax = 96;

    private const int CallsPerBlock = 3;
    private const int MemberSize = 48;

    /// <summary>Requests for balances under way at once: enough that none waits for another's way there and back.</summary>
    private const int RequestsAtOnce = 4;

    /// <summary>Blocks that one request brings.</summary>
    public const int BlocksPerRequest = CallsMax / CallsPerBlock;

    public JsonRpcConnection Node => node;

    public async Task<ChainIdentity> IdentifyAsync(CancellationToken cancellation)
    {
        JsonNode? network = await node.CallAsync("depin_getNetwork", cancellation);
        if (network is not JsonObject fields || !Hash256.TryParse(fields["genesisHash"]?.GetValue<string>(), out Hash256 genesis)
            || !Hex.TryParseQuantity(fields["chainId"]?.GetValue<string>(), out UInt256 chainId))
        {
            throw new ContradictionException($"{node.Endpoint} does not say which network it is on");
        }

        return new ChainIdentity((ulong)chainId, genesis, fields["name"]?.GetValue<string>() ?? "",
            fields["development"]?.GetValue<bool>() ?? false)
        {
            MinBaseFee = Hex.TryParseQuantity(fields["minBaseFeePerGas"]?.GetValue<string>(), out UInt256 floor) && floor.FitsUInt128
                ? (UInt128)floor : 0,
        };
    }

    /// <summary>The height of the latest finalized block, and its timestamp.</summary>
    public async Task<(long Height, long Timestamp)> FinalizedAsync(CancellationToken cancellation)
    {
        JsonNode? block = await node.CallAsync("eth_getBlockByNumber", cancellation, "finalized", false);
        UInt256 number = JsonQuantity.OrZero(block?["number"]);
        UInt256 time = JsonQuantity.OrZero(block?["timestamp"]);
        return ((long)(ulong)number, (long)(ulong)time);
    }

    /// <summary>Consecutive blocks.</summary>
    public async Task<IReadOnlyList<FetchedBlock>> FetchAsync(long first, int count, CancellationToken cancellation)
    {
        List<(string, JsonNode?[])> calls = [];
        for (long number = first; number < first + count; number++)
        {
            string height = Hex.Quantity((ulong)number);
            calls.Add(("eth_getBlockByNumber", [height, true]));
            calls.Add(("eth_getBlockReceipts", [height]));
            calls.Add(("depin_getCommit", [Hex.Quantity((ulong)Math.Max(0, number - 1))]));
        }

        (JsonDocument answers, JsonElement[] results) = await node.BatchAsync(calls, cancellation);
        using JsonDocument held = answers;
        var blocks = new List<FetchedBlock>(count);
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<JsonElement> mine = results.AsSpan(i * CallsPerBlock, CallsPerBlock);
            FetchedBlock block = BlockParser.Read(mine[0], mine[1], mine[2]);
            if (block.Number != first + i) throw new ContradictionException($"asked for block {first + i}, got {block.Number}");
            blocks.Add(block);
        }

        return await WithRevertsAsync(blocks, cancellation);
    }

    /// <summary>The validators that decide <paramref name="height"/>.</summary>
    public async Task<ValidatorSetRow> ValidatorsAsync(long height, CancellationToken cancellation)
    {
        JsonNode? answer = await node.CallAsync("depin_getValidators", cancellation, Hex.Quantity((ulong)height));
        if (answer?["validators"] is not JsonArray list) throw new ContradictionException($"no validators decide block {height}");
        var members = new byte[list.Count * MemberSize];
        for (int i = 0; i < list.Count; i++)
        {
            Span<byte> member = members.AsSpan(i * MemberSize, MemberSize);
            Address.Parse(list[i]!["address"]!.GetValue<string>()).CopyTo(member);
            if (Address.TryParse(list[i]!["operator"]?.GetValue<string>(), out Address owner)) owner.CopyTo(member[Address.Size..]);
            UInt256 power = JsonQuantity.OrZero(list[i]!["power"]);
            BinaryPrimitives.WriteUInt64BigEndian(member[(2 * Address.Size)..], (ulong)power);
        }

        return new ValidatorSetRow { FromBlock = height, Members = members };
    }

    /// <summary>Balances at a height, in the order asked for; null for a height whose state the node has dropped.</summary>
    public async Task<UInt128[]?> BalancesAsync(IReadOnlyList<Address> accounts, long height, CancellationToken cancellation)
    {
        var balances = new UInt128[accounts.Count];
        string block = Hex.Quantity((ulong)height);
        int requests = (accounts.Count + CallsMax - 1) / CallsMax;
        foreach (int[] some in Enumerable.Range(0, requests).Chunk(RequestsAtOnce))
        {
            bool[] kept = await Task.WhenAll(some.Select(number => ReadAsync(number * CallsMax)));
            if (!Array.TrueForAll(kept, one => one)) return null;
        }

        return balances;

        async Task<bool> ReadAsync(int first)
        {
            (string, JsonNode?[])[] calls =
            [
                .. accounts.Skip(first).Take(CallsMax).Select(account => ("eth_getBalance", new JsonNode?[] { account.ToString(), block })),
            ];
            try
            {
                (JsonDocument answers, JsonElement[] results) = await node.BatchAsync(calls, cancellation);
                using JsonDocument held = answers;
                for (int i = 0; i < results.Length; i++)
                {
                    balances[first + i] = Hex.TryParseQuantity(results[i].GetString(), out UInt256 wei) && wei.FitsUInt128 ? (UInt128)wei
                        : throw new ContradictionException($"a balance is '{results[i]}'");
                }

                return true;
            }
            catch (NodeRefusedException)
            {
                return false;
            }
        }
    }

    /// <summary>All wei at a height; null when the node has dropped its state or has no such view.</summary>
    public async Task<UInt128?> SupplyAsync(long height, CancellationToken cancellation)
    {
        try
        {
            JsonNode? supply = await node.CallAsync("depin_getSupply", cancellation, Hex.Quantity((ulong)height));
            return Hex.TryParseQuantity(supply?["total"]?.GetValue<string>(), out UInt256 wei) && wei.FitsUInt128 ? (UInt128)wei : null;
        }
        catch (NodeRefusedException)
        {
            return null;
        }
    }

    private async Task<IReadOnlyList<FetchedBlock>> WithRevertsAsync(List<FetchedBlock> blocks, CancellationToken cancellation)
    {
        Hash256[] failed =
        [
            .. blocks.SelectMany(block => block.Transactions).Where(transaction => !transaction.Succeeded).Select(failed => failed.Hash),
        ];
        if (failed.Length == 0) return blocks;
        var reasons = new Dictionary<Hash256, byte[]>();
        foreach (Hash256[] chunk in failed.Chunk(CallsMax))
        {
            (string, JsonNode?[])[] calls = [.. chunk.Select(hash => ("depin_getRevertData", new JsonNode?[] { hash.ToString() }))];
            (JsonDocument answers, JsonElement[] results) = await node.BatchAsync(calls, cancellation);
            using JsonDocument held = answers;
            for (int i = 0; i < chunk.Length; i++)
                if (results[i].ValueKind == JsonValueKind.String) reasons[chunk[i]] = BlockParser.Bytes(results[i]);
        }

        return
        [
            .. blocks.Select(block => block with
            {
                Transactions =
                [
                    .. block.Transactions.Select(transaction => reasons.TryGetValue(transaction.Hash, out byte[]? reason)
                        ? transaction with { RevertData = reason } : transaction),
                ],
            }),
        ];
    }
}
