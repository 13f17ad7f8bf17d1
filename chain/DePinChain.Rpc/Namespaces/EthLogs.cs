using System.Text.Json;
using DePinChain.Blocks;
using DePinChain.Ledger;
using DePinChain.Primitives;
using DePinChain.Rpc.Formats;
using DePinChain.Rpc.Live;
using DePinChain.Rpc.Protocol;

namespace DePinChain.Rpc.Namespaces;

/// <summary>eth_: logs, and the filters that are polled.</summary>
internal sealed class EthLogs(ChainView chain, FilterRegistry filters, PendingFeed pending, RpcOptions options)
{
    private const int IdBytesMax = 64;
    private const ulong SliceBlocks = 128;

    public void AddTo(MethodTable methods)
    {
        methods.Heavy("eth_getLogs", GetLogs);
        methods.Light("eth_newFilter", NewFilter);
        methods.Light("eth_newBlockFilter", NewBlockFilter);
        methods.Light("eth_newPendingTransactionFilter", NewPendingFilter);
        methods.Heavy("eth_getFilterChanges", GetFilterChanges);
        methods.Heavy("eth_getFilterLogs", GetFilterLogs);
        methods.Light("eth_uninstallFilter", UninstallFilter);
    }

    private RpcError? GetLogs(ref ParameterReader parameters, Utf8JsonWriter result, in RequestScope scope)
    {
        LogQuery query = parameters.ReadLogQuery(isRequired: true);
        return parameters.Finish() ?? WriteLogs(query, result, scope);
    }

    private RpcError? NewFilter(ref ParameterReader parameters, Utf8JsonWriter result, in RequestScope scope)
    {
        LogQuery query = parameters.ReadLogQuery(isRequired: true);
        if (parameters.Finish() is { } fault) return fault;
        if (query.BlockHash is not null) return RpcError.InvalidParams("a filter follows the chain: use eth_getLogs with blockHash");
        return Install(FilterKind.Logs, query, chain.HeadNumber + 1, result, scope);
    }

    private RpcError? NewBlockFilter(ref ParameterReader parameters, Utf8JsonWriter result, in RequestScope scope) =>
        parameters.Finish() ?? Install(FilterKind.Blocks, null, chain.HeadNumber + 1, result, scope);

    private RpcError? NewPendingFilter(ref ParameterReader parameters, Utf8JsonWriter result, in RequestScope scope)
    {
        parameters.ReadOptionalBoolean(); // geth's "full transactions"; hashes are what every client understands
        return parameters.Finish() ?? Install(FilterKind.Pending, null, pending.Next, result, scope);
    }

    private RpcError? GetFilterChanges(ref ParameterReader parameters, Utf8JsonWriter result, in RequestScope scope)
    {
        string id = parameters.ReadString(IdBytesMax);
        if (parameters.Finish() is { } fault) return fault;
        if (filters.Poll(id) is not { } filter) return NotFound;
        lock (filter.Gate)
        {
            return filter.Kind switch
            {
                FilterKind.Blocks => WriteNewBlocks(filter, result),
                FilterKind.Pending => WriteNewPending(filter, result),
                _ => WriteNewLogs(filter, result, scope),
            };
        }
    }

    private RpcError? GetFilterLogs(ref ParameterReader parameters, Utf8JsonWriter result, in RequestScope scope)
    {
        string id = parameters.ReadString(IdBytesMax);
        if (parameters.Finish() is { } fault) return fault;
        return filters.Poll(id) is { Logs: { } query } ? WriteLogs(query, result, scope) : NotFound;
    }

    private RpcError? UninstallFilter(ref ParameterReader parameters, Utf8JsonWriter result, in RequestScope scope)
    {
        string id = parameters.ReadString(IdBytesMax);
        if (parameters.Finish() is { } fault) return fault;
        result.WriteBooleanValue(filters.Remove(id));
        return null;
    }

    private RpcError? Install(FilterKind kind, LogQuery? query, ulong cursor, Utf8JsonWriter result, in RequestScope scope)
    {
        if (filters.Add(scope.Remote, kind, query, cursor) is not { } filter)
        {
            return RpcError.LimitExceeded(
                $"too many filters: at most {options.FiltersPerIpMax} for one address, each kept {options.FilterLifeMs / 1000} s");
        }

        result.WriteStringValue(filter.Id);
        return null;
    }

    private RpcError? WriteNewBlocks(PolledFilter filter, Utf8JsonWriter result)
    {
        ulong head = chain.HeadNumber;
        ulong last = Math.Min(head, filter.Cursor + (ulong)options.LogBlocksMax - 1);
        result.WriteStartArray();
        for (ulong height = filter.Cursor; height <= last; height++)
        {
            if (chain.Archive.FindHeader(height) is { } header) result.WriteHashValue(header.Hash);
        }

        result.WriteEndArray();
        filter.Cursor = Math.Max(filter.Cursor, last + 1);
        return null;
    }

    private RpcError? WriteNewPending(PolledFilter filter, Utf8JsonWriter result)
    {
        Hash256[] hashes = pending.Since(filter.Cursor, out ulong next);
        result.WriteStartArray();
        foreach (Hash256 hash in hashes) result.WriteHashValue(hash);
        result.WriteEndArray();
        filter.Cursor = next;
        return null;
    }

    private RpcError? WriteNewLogs(PolledFilter filter, Utf8JsonWriter result, in RequestScope scope)
    {
        LogQuery query = filter.Logs!; // a log filter has a query
        ulong head = chain.HeadNumber;
        ulong from = Math.Max(filter.Cursor, query.From is { Kind: BlockSelectorKind.Number } start ? start.Number : 0);
        ulong to = query.To is { Kind: BlockSelectorKind.Number } end ? Math.Min(end.Number, head) : head;
        to = Math.Min(to, from + (ulong)options.LogBlocksMax - 1);
        if (from > to)
        {
            result.WriteStartArray();
            result.WriteEndArray();
            return null;
        }

        if (Search(query, from, to, result, scope) is { } error) return error;
        filter.Cursor = to + 1;
        return null;
    }

    /// <summary>The whole answer of eth_getLogs, with the range's own rules.</summary>
    private RpcError? WriteLogs(LogQuery query, Utf8JsonWriter result, in RequestScope scope)
    {
        ulong head = chain.HeadNumber;
        if (query.BlockHash is { } hash)
        {
            if (chain.FindHeader(BlockSelector.Of(hash)) is not { } header) return RpcError.Server("unknown block");
            return Search(query, header.Number, header.Number, result, scope);
        }

        ulong from = HeightOf(query.From, head), to = HeightOf(query.To, head);
        if (from > to) return RpcError.InvalidParams("invalid block range params");
        if (from > head || to > head) return RpcError.InvalidParams("block range extends beyond current head block");
        ulong blocks = to - from + 1;
        if (blocks > (ulong)options.LogBlocksMax)
        {
            ulong end = from + (ulong)options.LogBlocksMax - 1;
            return RpcError.LimitExceeded(
                $"query spans {blocks} blocks, at most {options.LogBlocksMax} are searched: try {Range(from, end)}");
        }

        return Search(query, from, to, result, scope);
    }

    private RpcError? Search(LogQuery query, ulong from, ulong to, Utf8JsonWriter result, in RequestScope scope)
    {
        LogFilter filter = query.ToFilter();
        int count = 0;
        BlockHeader? header = null;
        result.WriteStartArray();
        for (ulong start = from; start <= to; start += SliceBlocks)
        {
            // In slices, so that a search that finds nothing looks at the clock as well.
            if (scope.IsExpired) return RpcError.TimedOut;
            ulong end = Math.Min(to, start + SliceBlocks - 1);
            foreach (LogMatch match in chain.Archive.FindLogs(filter, start, end, options.LogResultsMax + 1 - count))
            {
                if (count++ == options.LogResultsMax) return TooMany(from, to, match.Height);
                if (header?.Number != match.Height) header = HeaderOf(match);
                var place = new LogPlace(header, match.TransactionHash, (ulong)match.TransactionIndex, (ulong)match.LogIndex);
                ReceiptFormat.WriteLog(result, match.Log, place);
            }
        }

        result.WriteEndArray();
        return null;
    }

    private BlockHeader HeaderOf(LogMatch match) => chain.Archive.FindHeader(match.Height)
        ?? throw new InvalidOperationException($"The log index names height {match.Height}, which has no header.");

    /// <summary>The range up to the block before the one where the bound was met is small enough by what was seen.</summary>
    private RpcError TooMany(ulong from, ulong to, ulong reached)
    {
        string advice = reached > from ? $"try {Range(from, reached - 1)}"
            : from < to ? $"try {Range(from, from)}"
            : "narrow the address or the topics";
        return RpcError.LimitExceeded($"query returned more than {options.LogResultsMax} results: {advice}");
    }

    private static ulong HeightOf(BlockSelector? selector, ulong head) => selector is not { } given ? head : given.Kind switch
    {
        BlockSelectorKind.Number => given.Number,
        BlockSelectorKind.Earliest => 0,
        _ => head,
    };

    private static string Range(ulong from, ulong to) => $"[{Hex.Quantity(from)}, {Hex.Quantity(to)}]";

    private static RpcError NotFound { get; } = RpcError.Server("filter not found");
}
