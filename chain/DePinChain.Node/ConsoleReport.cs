using System.Globalization;
using System.Text;
using System.Text.Json;
using DePinChain.Blocks;
using DePinChain.Crypto;
using DePinChain.Node.Processes;
using DePinChain.Primitives;

namespace DePinChain.Node;

/// <summary>What a person at the terminal sees: the banner, then one line per block; or one JSON object per line.</summary>
/// <remarks>Thread-safe: several nodes of a process report into it.</remarks>
internal sealed class ConsoleReport(TextWriter output, bool isJson)
{
    private readonly Lock _gate = new();

    /// <summary>Where things are and who owns what.</summary>
    public void Banner(GenesisDocument genesis, NodeOptions options, IReadOnlyList<NodePlace> nodes, ulong head)
    {
        string http = nodes[0].Http;
        string webSocket = nodes[0].WebSocket;
        string? explorer = CompanionProcess.ExplorerAddress(options);
        string? storage = CompanionProcess.StorageAddress(options), compute = CompanionProcess.ComputeAddress(options);
        string? worker = CompanionProcess.WorkerAddress(options);
        string? subnet = CompanionProcess.SubnetAddress(options);
        if (isJson)
        {
            Write("started", json =>
            {
                json.WriteString("rpc", http);
                json.WriteString("webSocket", webSocket);
                if (explorer is not null) json.WriteString("explorer", explorer);
                if (storage is not null) json.WriteString("storage", storage);
                if (compute is not null) json.WriteString("compute", compute);
                if (worker is not null) json.WriteString("worker", worker);
                if (subnet is not null) json.WriteString("subnet", subnet);
                json.WriteNumber("chainId", genesis.ChainId);
                json.WriteString("data", options.DataFolder);
                json.WriteNumber("validators", genesis.Validators.Count);
                json.WriteNumber("height", head);
                json.WriteStartArray("nodes");
                foreach (NodePlace node in nodes) node.Write(json);
                json.WriteEndArray();
            });
            return;
        }

        StringBuilder text = new();
        text.AppendLine(CultureInfo.InvariantCulture, $"DePinChain localnet '{genesis.Name}'");
        text.AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture, $"  RPC        {http}   {webSocket}");
        if (explorer is not null) text.AppendLine(CultureInfo.InvariantCulture, $"  explorer   {explorer}");
        if (storage is not null)
            text.AppendLine(CultureInfo.InvariantCulture, $"  storage    {storage}   (depin storage put FILE --copies 1)");
        if (compute is not null) text.AppendLine(CultureInfo.InvariantCulture, $"  compute    {compute}   (depin compute deploy FILE)");
        if (worker is not null) text.AppendLine(CultureInfo.InvariantCulture, $"  worker     {worker}/status   (for every verifier)");
        if (subnet is not null)
            text.AppendLine(CultureInfo.InvariantCulture, $"  subnet 1   {subnet}/v1   (any client of OpenAI's protocol)");
        text.AppendLine(CultureInfo.InvariantCulture, $"  chain id   {genesis.ChainId} (0x{genesis.ChainId:x})");
        text.AppendLine(CultureInfo.InvariantCulture, $"  blocks     {options.Pace.Describe(genesis.BlockTimeMs)}");
        text.AppendLine(CultureInfo.InvariantCulture, $"  data       {options.DataFolder} (height {head})");
        text.AppendLine(CultureInfo.InvariantCulture, $"  mnemonic   {LocalnetKeys.MnemonicText}");
        text.AppendLine("             publicly known: whoever sends real coins to these accounts loses them");
        text.AppendLine();
        AppendAccounts(text, genesis);
        AppendValidators(text, genesis, nodes);
        lock (_gate) output.Write(text.ToString());
    }

    /// <summary>One node runs.</summary>
    public void Started(string name, GenesisDocument genesis, int rpcPort, PeerWire wire, ValidatorNode node)
    {
        ulong head = node.Chain.Head.Number;
        if (isJson)
        {
            Write("started", json =>
            {
                json.WriteString("name", name);
                json.WriteNumber("rpcPort", rpcPort);
                json.WriteNumber("chainId", genesis.ChainId);
                json.WriteString("genesis", node.Chain.GenesisHash.ToString());
                json.WriteNumber("height", head);
                json.WriteString("peerId", wire.PeerId);
                json.WriteStartArray("listen");
                foreach (string address in wire.ListenAddresses) json.WriteStringValue(address);
                json.WriteEndArray();
            });
            return;
        }

        StringBuilder text = new();
        text.AppendLine(CultureInfo.InvariantCulture, $"DePinChain node '{name}' on '{genesis.Name}' (chain id {genesis.ChainId})");
        text.AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture, $"  RPC        http://127.0.0.1:{rpcPort}");
        text.AppendLine(CultureInfo.InvariantCulture, $"  peer id    {wire.PeerId}");
        foreach (string address in wire.ListenAddresses) text.AppendLine(CultureInfo.InvariantCulture, $"  listens    {address}");
        string role = node.SigningAddress is { } signer ? $"validator {signer}" : "follows without voting";
        text.AppendLine(CultureInfo.InvariantCulture, $"  role       {role}");
        text.AppendLine(CultureInfo.InvariantCulture, $"  genesis    {node.Chain.GenesisHash}");
        text.AppendLine(CultureInfo.InvariantCulture, $"  height     {head}");
        text.AppendLine();
        lock (_gate) output.Write(text.ToString());
    }

    /// <summary>Tells the process that started this one; people never see it.</summary>
    public void Tell(string happened, Action<Utf8JsonWriter> fields) => Write(happened, fields);

    /// <summary>`#12 3f2a.. 4/4 signed r0 0 tx 12 ms`.</summary>
    public void Block(BlockLine line)
    {
        if (isJson)
        {
            Write("block", json =>
            {
                json.WriteNumber("height", line.Height);
                json.WriteString("hash", line.Hash.ToString());
                json.WriteNumber("signed", line.Signed);
                json.WriteNumber("validators", line.Validators);
                json.WriteNumber("round", line.Round);
                json.WriteNumber("transactions", line.Transactions);
                json.WriteNumber("tookMs", line.TookMs);
                if (line.FinalMs is { } final) json.WriteNumber("finalMs", final);
            });
            return;
        }

        string signed = $"{line.Hash.ToString()[2..6]}.. {line.Signed}/{line.Validators} signed";
        lock (_gate) output.WriteLine($"#{line.Height} {signed} r{line.Round} {line.Transactions} tx {line.TookMs} ms");
    }

    /// <summary>Something that is not a block: a recovery, a refusal, a catch-up.</summary>
    /// <param name="node">Which node it happened to; empty for the whole network.</param>
    /// <param name="text">One line.</param>
    public void Say(string node, string text)
    {
        if (isJson)
        {
            Write("note", json =>
            {
                if (node.Length > 0) json.WriteString("node", node);
                json.WriteString("text", text);
            });
            return;
        }

        lock (_gate) output.WriteLine(node.Length > 0 ? $"{node}: {text}" : text);
    }

    private void Write(string happened, Action<Utf8JsonWriter> fields)
    {
        using MemoryStream line = new();
        using (Utf8JsonWriter json = new(line))
        {
            json.WriteStartObject();
            json.WriteString("event", happened);
            json.WriteNumber("time", TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds());
            fields(json);
            json.WriteEndObject();
        }

        lock (_gate) output.WriteLine(Encoding.UTF8.GetString(line.ToArray()));
    }

    private static void AppendAccounts(StringBuilder text, GenesisDocument genesis)
    {
        text.AppendLine("  accounts");
        for (int index = 0; index < LocalnetKeys.UserCount; index++)
        {
            using PrivateKey key = LocalnetKeys.User(index);
            GenesisAccount? account = genesis.Accounts.FirstOrDefault(entry => entry.Address == key.Address);
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"    {account?.Label ?? "dev" + index,-6} {key.Address}  {account?.Balance ?? Amount.Zero}  {Hex.Encode(key.ToArray())}");
        }

        text.AppendLine();
    }

    private static void AppendValidators(StringBuilder text, GenesisDocument genesis, IReadOnlyList<NodePlace> nodes)
    {
        bool isOneProcess = nodes[0].Peer is null;
        text.AppendLine(isOneProcess ? "  validators, all in one process" : "  validators, each a process of its own");
        foreach (GenesisValidator validator in genesis.Validators)
        {
            Address signer = Secp256k1.AddressOf(validator.SigningKey.Span);
            UInt128 power = validator.SelfBond.Wei / Amount.One.Wei;
            NodePlace? node = nodes.FirstOrDefault(node => node.Name == validator.Name);
            string place = node?.Peer is { } peer ? $"  {node.Http}  {peer}" : "";
            text.AppendLine(CultureInfo.InvariantCulture, $"    {validator.Name,-6} {signer}  power {power}{place}");
        }

        text.AppendLine();
    }
}

/// <summary>Where a node can be reached.</summary>
/// <param name="Name">What people call it.</param>
/// <param name="RpcPort">On the loopback interface.</param>
/// <param name="Peer">Its multiaddress with its peer id; null where nodes share a process.</param>
internal sealed record NodePlace(string Name, int RpcPort, string? Peer)
{
    public string Http => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{RpcPort}");

    public string WebSocket => string.Create(CultureInfo.InvariantCulture, $"ws://127.0.0.1:{RpcPort}");

    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("name", Name);
        json.WriteString("rpc", Http);
        json.WriteString("peer", Peer);
        json.WriteEndObject();
    }
}

/// <summary>One decided block as the terminal shows it.</summary>
internal sealed record BlockLine(
    ulong Height, Hash256 Hash, int Signed, int Validators, uint Round, int Transactions, long TookMs, long? FinalMs);
