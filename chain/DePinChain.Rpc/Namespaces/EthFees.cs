using System.Text.Json;
using DePinChain.Blocks;
using DePinChain.Primitives;
using DePinChain.Rpc.Protocol;

namespace DePinChain.Rpc.Namespaces;

/// <summary>eth_: prices of gas, now and before.</summary>
internal sealed class EthFees(ChainView chain, RpcOptions options)
{
    private const int PercentilesMax = 100;

    private readonly FeeOracle _oracle = new(chain);

    public void AddTo(MethodTable methods)
    {
        methods.Light("eth_gasPrice", GasPrice);
        methods.Light("eth_maxPriorityFeePerGas", MaxPriorityFeePerGas);
        methods.Light("eth_baseFee", BaseFee);
        methods.Light("eth_blobBaseFee", BlobBaseFee);
        methods.Heavy("eth_feeHistory", FeeHistory);
    }

    private RpcError? GasPrice(ref ParameterReader parameters, Utf8JsonWriter result, in RequestScope scope)
    {
        if (parameters.Finish() is { } fault) return fault;
        result.WriteQuantityValue(chain.NextBaseFee(chain.Head) + _oracle.SuggestTip());
        return null;
    }

    private RpcError? MaxPriorityFeePerGas(ref ParameterReader parameters, Utf8JsonWriter result, in RequestScope scope)
    {
        if (parameters.Finish() is { } fault) return fault;
        result.WriteQuantityValue(_oracle.SuggestTip());
        return null;
    }

    private RpcError? BaseFee(ref ParameterReader parameters, Utf8JsonWriter result, in RequestScope scope)
    {
        if (parameters.Finish() is { } fault) return fault;
        result.WriteQuantityValue(chain.NextBaseFee(chain.Head));
        return null;
    }

    private static RpcError? BlobBaseFee(ref ParameterReader parameters, Utf8JsonWriter result, in RequestScope scope)
    {
        if (parameters.Finish() is { } fault) return fault;
        result.WriteQuantityValue(1); // there are no blobs, and 1 is the least that EIP-4844 knows
        return null;
    }

    private RpcError? FeeHistory(ref ParameterReader parameters, Utf8JsonWriter result, in RequestScope scope)
    {
        ulong count = parameters.ReadNumber();
        BlockSelector selector = parameters.ReadBlockNumber();
        List<double>? percentiles = parameters.ReadPercentiles(PercentilesMax);
        if (parameters.Finish() is { } fault) return fault;
        if (selector.Kind == BlockSelectorKind.Number && selector.Number > chain.HeadNumber)
            return RpcError.Server($"request beyond head block: requested {selector.Number}, head {chain.HeadNumber}");
        if (chain.FindHeader(selector) is not { } newest) return RpcError.Server("header not found");

        count = Math.Min(Math.Min(count, (ulong)options.FeeHistoryBlocksMax), newest.Number + 1);
        if (count == 0)
        {
            WriteEmpty(result);
            return null;
        }

        ulong oldest = newest.Number + 1 - count;
        var headers = new List<BlockHeader>((int)count);
        for (ulong height = oldest; height <= newest.Number; height++)
        {
            if (scope.IsExpired) return RpcError.TimedOut;
            if (chain.Archive.FindHeader(height) is not { } header) return RpcError.Server("header not found");
            headers.Add(header);
        }

        result.WriteStartObject();
        result.WriteQuantity("oldestBlock"u8, oldest);
        WriteFees(result, headers);
        if (percentiles is not null && WriteRewards(result, headers, percentiles, scope) is { } late) return late;
        result.WriteEndObject();
        return null;
    }

    private static void WriteEmpty(Utf8JsonWriter result)
    {
        result.WriteStartObject();
        result.WriteQuantity("oldestBlock"u8, 0);
        result.WriteStartArray("gasUsedRatio"u8);
        result.WriteEndArray();
        result.WriteEndObject();
    }

    /// <summary>One base fee more than blocks: the last is the next block's, which the newest one determines.</summary>
    private void WriteFees(Utf8JsonWriter result, List<BlockHeader> headers)
    {
        result.WriteStartArray("baseFeePerGas"u8);
        foreach (BlockHeader header in headers) result.WriteQuantityValue(header.BaseFeePerGas);
        result.WriteQuantityValue(chain.NextBaseFee(headers[^1]));
        result.WriteEndArray();
        result.WriteStartArray("gasUsedRatio"u8);
        foreach (BlockHeader header in headers) result.WriteNumberValue((double)header.GasUsed / header.GasLimit);
        result.WriteEndArray();
        result.WriteStartArray("baseFeePerBlobGas"u8);
        for (int i = 0; i <= headers.Count; i++) result.WriteQuantityValue(1);
        result.WriteEndArray();
        result.WriteStartArray("blobGasUsedRatio"u8);
        for (int i = 0; i < headers.Count; i++) result.WriteNumberValue(0);
        result.WriteEndArray();
    }

    private RpcError? WriteRewards(Utf8JsonWriter result, List<BlockHeader> headers, List<double> percentiles, in RequestScope scope)
    {
        result.WriteStartArray("reward"u8);
        foreach (BlockHeader header in headers)
        {
            if (scope.IsExpired) return RpcError.TimedOut;
            result.WriteStartArray();
            foreach (UInt256 reward in RewardsOf(header, percentiles)) result.WriteQuantityValue(reward);
            result.WriteEndArray();
        }

        result.WriteEndArray();
        return null;
    }

    /// <summary>The tip that the given part of the block's gas paid at most, cheapest first; zeros for a block without gas.</summary>
    private IEnumerable<UInt256> RewardsOf(BlockHeader header, List<double> percentiles)
    {
        if (header.GasUsed == 0 || chain.FindWithReceipts(BlockSelector.At(header.Number)) is not ({ } block, var receipts))
            return Enumerable.Repeat(UInt256.Zero, percentiles.Count);

        var tips = new List<(UInt256 Tip, ulong Gas)>();
        for (int i = 0; i < receipts.Count; i++)
        {
            Transaction transaction = block.Transactions[i];
            if (transaction.IsSystem) continue;
            tips.Add((transaction.EffectiveGasPrice(header.BaseFeePerGas) - header.BaseFeePerGas, receipts[i].GasUsed));
        }

        tips.Sort(static (left, right) => left.Tip.CompareTo(right.Tip));
        return At(tips, percentiles, header.GasUsed);
    }

    private static List<UInt256> At(List<(UInt256 Tip, ulong Gas)> tips, List<double> percentiles, ulong gasUsed)
    {
        var rewards = new List<UInt256>(percentiles.Count);
        int index = 0;
        ulong sum = tips[0].Gas;
        foreach (double percentile in percentiles)
        {
            ulong threshold = (ulong)(gasUsed * percentile / 100);
            while (sum < threshold && index < tips.Count - 1) sum += tips[++index].Gas;
            rewards.Add(tips[index].Tip);
        }

        return rewards;
    }
}
