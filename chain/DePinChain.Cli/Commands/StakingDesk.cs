using System.Globalization;
using System.Text.Json.Nodes;
using DePinChain.Client;
using DePinChain.Primitives;

namespace DePinChain.Cli.Commands;

/// <summary>The Staking module of the node, spoken to by the names of its published ABI.</summary>
internal sealed class StakingDesk(Session session, PublishedModule staking)
{
    private const int PageSize = 100;
    private const ulong PaceBlocks = 50;

    public static async Task<StakingDesk> OpenAsync(Session session, CancellationToken cancellation) =>
        new(session, CallCommand.ModuleOf(await session.ModulesAsync(cancellation), "staking"));

    public IReadOnlyList<string> ColumnsOf(string view) =>
        [.. FunctionOf(view).Outputs[0].Components.Select(component => component.Name)];

    /// <summary>A view that answers one tuple.</summary>
    public async Task<AbiRecord> RecordAsync(string view, string[] arguments, CancellationToken cancellation)
    {
        AbiFunction function = FunctionOf(view);
        object?[] outputs = await AskAsync(function, arguments, cancellation);
        return new AbiRecord(function.Outputs[0].Components, (object?[])outputs[0]!); // a tuple, as the ABI says
    }

    /// <summary>A view that answers a list of tuples.</summary>
    public async Task<IReadOnlyList<AbiRecord>> RecordsAsync(string view, string[] arguments, CancellationToken cancellation)
    {
        AbiFunction function = FunctionOf(view);
        object?[] outputs = await AskAsync(function, arguments, cancellation);
        return
        [
            .. ((object?[])outputs[0]!).Select(row => new AbiRecord(function.Outputs[0].Components, (object?[])row!)), // of tuples
        ];
    }

    public async Task<Amount> AmountAsync(string view, string[] arguments, CancellationToken cancellation)
    {
        object?[] outputs = await AskAsync(FunctionOf(view), arguments, cancellation);
        return outputs[0] is UInt256 wei && Amount.TryFrom(wei, out Amount amount) ? amount : Amount.Zero;
    }

    public async Task<Address> AddressAsync(string view, string[] arguments, CancellationToken cancellation) =>
        (await AskAsync(FunctionOf(view), arguments, cancellation))[0] is Address address ? address : Address.Zero;

    /// <summary>Every validator of every status, page by page.</summary>
    public async Task<IReadOnlyList<AbiRecord>> AllValidatorsAsync(CancellationToken cancellation)
    {
        var validators = new List<AbiRecord>();
        while (true)
        {
            string[] page = ["0", validators.Count.ToString(CultureInfo.InvariantCulture), $"{PageSize}"];
            IReadOnlyList<AbiRecord> rows = await RecordsAsync("getValidators", page, cancellation);
            validators.AddRange(rows);
            if (rows.Count < PageSize) return validators;
        }
    }

    /// <summary>Sends a call of the key's owner, or shows it when nothing is to be sent.</summary>
    public async Task SendAsync(
        string method,
        string[] arguments,
        Amount value,
        IReadOnlyList<(string Name, JsonNode? Value)> effects,
        CancellationToken cancellation) =>
        session.Output.Facts(await CarryAsync(method, arguments, value, effects, cancellation));

    /// <summary>The same without a word: what there is to show is returned.</summary>
    public Task<(string Name, JsonNode? Value)[]> CarryAsync(
        string method,
        string[] arguments,
        Amount value,
        IReadOnlyList<(string Name, JsonNode? Value)> effects,
        CancellationToken cancellation)
    {
        byte[] data = CallCommand.Calldata(CallCommand.FunctionOf(staking, method, arguments.Length), arguments);
        string what = $"staking.{method}({string.Join(", ", arguments)}) with {value}";
        return TransactionFlow.CarryAsync(
            session, new TransactionPlan(staking.Address, value.ToUInt256(), data), what, effects, cancellation);
    }

    /// <summary>When a block may be expected, at the pace of the last ones: <c>in 3 min 20 s</c>.</summary>
    public async Task<string> WhenAsync(ulong height, CancellationToken cancellation)
    {
        ulong head = (ulong)await session.Node.QuantityAsync("eth_blockNumber", cancellation);
        if (height <= head) return "now";
        ulong from = head > PaceBlocks ? head - PaceBlocks : 0;
        UInt256 seconds = await TimeOfAsync(head, cancellation) - await TimeOfAsync(from, cancellation);
        if (head == from) return $"in {height - head} blocks";
        TimeSpan wait = TimeSpan.FromSeconds((double)(ulong)seconds / (head - from) * (height - head));
        return wait.TotalHours >= 1
            ? string.Create(CultureInfo.InvariantCulture, $"in {(int)wait.TotalHours} h {wait.Minutes} min")
            : string.Create(CultureInfo.InvariantCulture, $"in {wait.Minutes} min {wait.Seconds} s");
    }

    private async Task<UInt256> TimeOfAsync(ulong height, CancellationToken cancellation)
    {
        JsonNode? block = await session.Node.CallAsync("eth_getBlockByNumber", cancellation, ((UInt256)height).ToHex(), false);
        return JsonQuantity.OrZero(block?["timestamp"]);
    }

    private Task<object?[]> AskAsync(AbiFunction function, string[] arguments, CancellationToken cancellation) =>
        CallCommand.ViewAsync(session, staking, function, CallCommand.Calldata(function, arguments), "latest", cancellation);

    private AbiFunction FunctionOf(string name) => staking.Abi.Functions.FirstOrDefault(function =>
        string.Equals(function.Name, name, StringComparison.OrdinalIgnoreCase))
        ?? throw CliFailure.Usage($"this node's staking module has no '{name}'", "use the depin that came with the node");
}
