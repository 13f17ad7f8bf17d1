using System.Globalization;
using System.Text;
using System.Text.Json;
using DePinChain.Blocks;
using DePinChain.Crypto;
using DePinChain.Engine;
using DePinChain.Primitives;

namespace DePinChain.Node;

/// <summary>What a person at the terminal sees: the banner, then one line per block; or one JSON object per line.</summary>
/// <remarks>Thread-safe: several nodes of a process report into it.</remarks>
internal sealed class ConsoleReport(TextWriter output, bool isJson)
{
    private readonly Lock _gate = new();

    /// <summary>Where things are and who owns what.</summary>
    public void Banner(GenesisDocument genesis, NodeOptions options, int rpcPort, ulong head)
    {
        string http = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{rpcPort}");
        string webSocket = string.Create(CultureInfo.InvariantCulture, $"ws://127.0.0.1:{rpcPort}");
        if (isJson)
        {
            Write("started", json =>
            {
                json.WriteString("rpc", http);
                json.WriteString("webSocket", webSocket);
                json.WriteNumber("chainId", genesis.ChainId);
                json.WriteString("data", options.DataFolder);
                json.WriteNumber("validators", genesis.Validators.Count);
                json.WriteNumber("height", head);
            });
            return;
        }

        StringBuilder text = new();
        text.AppendLine(CultureInfo.InvariantCulture, $"DePinChain localnet '{genesis.Name}'");
        text.AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture, $"  RPC        {http}   {webSocket}");
        text.AppendLine(CultureInfo.InvariantCulture, $"  chain id   {genesis.ChainId} (0x{genesis.ChainId:x})");
        text.AppendLine(CultureInfo.InvariantCulture, $"  blocks     {Pace(genesis, options)}");
        text.AppendLine(CultureInfo.InvariantCulture, $"  data       {options.DataFolder} (height {head})");
        text.AppendLine(CultureInfo.InvariantCulture, $"  mnemonic   {LocalnetKeys.MnemonicText}");
        text.AppendLine("             publicly known: whoever sends real coins to these accounts loses them");
        text.AppendLine();
        AppendAccounts(text, genesis);
        AppendValidators(text, genesis);
        lock (_gate) output.Write(text.ToString());
    }

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
            fields(json);
            json.WriteEndObject();
        }

        lock (_gate) output.WriteLine(Encoding.UTF8.GetString(line.ToArray()));
    }

    private static string Pace(GenesisDocument genesis, NodeOptions options) => options.Pacing switch
    {
        PacingMode.Instant => "instant: one as soon as a transaction waits",
        PacingMode.Manual => "manual: depin localnet mine",
        _ => string.Create(CultureInfo.InvariantCulture, $"every {(options.BlockTimeMs ?? genesis.BlockTimeMs) / 1000m} s"),
    };

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

    private static void AppendValidators(StringBuilder text, GenesisDocument genesis)
    {
        text.AppendLine("  validators");
        foreach (GenesisValidator validator in genesis.Validators)
        {
            Address signer = Secp256k1.AddressOf(validator.SigningKey.Span);
            UInt128 power = validator.SelfBond.Wei / Amount.One.Wei;
            text.AppendLine(CultureInfo.InvariantCulture, $"    {validator.Name,-6} {signer}  power {power}");
        }

        text.AppendLine();
    }
}

/// <summary>One decided block as the terminal shows it.</summary>
internal sealed record BlockLine(ulong Height, Hash256 Hash, int Signed, int Validators, uint Round, int Transactions, long TookMs);
