using System.Globalization;
using System.Text;
using System.Text.Json;
using DePinChain.Blocks;
using DePinChain.Database;
using DePinChain.Engine;
using DePinChain.Execution;
using DePinChain.Modules.Economy;
using DePinChain.Primitives;
using DePinChain.State;

namespace DePinChain.Node;

/// <summary>
/// Genesis documents: <c>genesis new</c> makes one out of a network's rules, <c>genesis validate</c> says what it builds.
/// </summary>
internal static class GenesisVerbs
{
    private const string Usage =
        "usage: DePinChain.Node genesis new --from localnet|testnet|mainnet --name NAME --chain-id N [--timestamp N] --out FILE "
        + "[--json] | genesis validate FILE [--json]";

    private const int LocalnetValidators = 4;

    // Below 2^31, so that old JavaScript tools stay exact.
    private const ulong ChainIdMax = int.MaxValue;

    /// <exception cref="RefusalException">It cannot be done; the message says what to do.</exception>
    public static ExitCode Run(IEnumerable<string> arguments, TextWriter output, TimeProvider clock)
    {
        string[] all = [.. arguments];
        ArgumentReader reader = new(all.Skip(1), Usage);
        return all.FirstOrDefault() switch
        {
            "new" => New(reader, output, clock),
            "validate" => Validate(reader, output),
            _ => throw reader.Wrong("new or validate is missing"),
        };
    }

    private static ExitCode New(ArgumentReader arguments, TextWriter output, TimeProvider clock)
    {
        string? from = null, name = null, target = null;
        ulong chainId = 0, timestamp = (ulong)clock.GetUtcNow().ToUnixTimeSeconds();
        bool isJson = false;
        while (arguments.TryNext(out string option))
        {
            switch (option)
            {
                case "--from":
                    from = arguments.Value(option);
                    break;
                case "--name":
                    name = arguments.Value(option);
                    break;
                case "--chain-id":
                    chainId = arguments.Number(option, 1, ChainIdMax);
                    break;
                case "--timestamp":
                    timestamp = arguments.Number(option, 1, uint.MaxValue);
                    break;
                case "--out":
                    target = arguments.Value(option);
                    break;
                case "--json":
                    isJson = true;
                    break;
                default:
                    throw arguments.Unknown(option);
            }
        }

        if (from is not ("localnet" or "testnet" or "mainnet")) throw arguments.Wrong("--from names localnet, testnet or mainnet");
        if (name is null || chainId == 0 || target is null) throw arguments.Wrong("--name, --chain-id and --out are needed");
        if (File.Exists(target)) throw new RefusalException(ExitCode.LocalState, $"{target} exists; move it away or name another --out.");
        GenesisDocument rules = Read(Path.Combine(AppContext.BaseDirectory, "genesis", from + ".json"));

        // A development network's validators prove their keys for its chain id; a public one's are still to be found.
        GenesisDocument made = rules.Development
            ? LocalnetGenesis.Create(rules, chainId, LocalnetValidators, timestamp)
            : rules with { ChainId = chainId, Timestamp = timestamp };
        made = made with { Name = name };
        File.WriteAllText(target, made.ToJson());
        Tell(output, isJson, [("file", target), .. Facts(made)]);
        return ExitCode.Success;
    }

    private static ExitCode Validate(ArgumentReader arguments, TextWriter output)
    {
        string? file = null;
        bool isJson = false;
        while (arguments.TryNext(out string option))
        {
            if (option == "--json") isJson = true;
            else if (option.StartsWith('-') || file is not null) throw arguments.Unknown(option);
            else file = option;
        }

        GenesisDocument genesis = Read(file ?? throw arguments.Wrong("the document's path is missing"));
        using MemoryDatabase database = new();
        using StateTree tree = StateTree.Open(database);
        using StateSnapshot empty = tree.Latest();
        try
        {
            GenesisBlock built = GenesisBuilder.Build(genesis, ModuleCatalog.Modules, empty, tree.Seal);
            Tell(
                output,
                isJson,
                [
                    .. Facts(genesis), ("supplyMax", SupplyMaxOf(genesis).ToString()),
                    ("stateRoot", built.Block.Header.StateRoot.ToString()), ("block0", built.Block.Hash.ToString()),
                ]);
            return ExitCode.Success;
        }
        catch (GenesisException faulty)
        {
            throw Faulty(file, faulty);
        }
    }

    private static GenesisDocument Read(string path)
    {
        try
        {
            return GenesisDocument.Parse(File.ReadAllText(path));
        }
        catch (GenesisException faulty)
        {
            throw Faulty(path, faulty);
        }
        catch (Exception missing) when (missing is IOException or UnauthorizedAccessException)
        {
            throw new RefusalException(ExitCode.LocalState, $"{path} cannot be read: {missing.Message}", missing);
        }
    }

    private static RefusalException Faulty(string path, GenesisException faulty) => new(
        ExitCode.LocalState, $"{path} makes no network: {string.Join("; ", faulty.Errors)}", faulty);

    private static (string Name, string Value)[] Facts(GenesisDocument genesis) =>
    [
        ("name", genesis.Name), ("chainId", genesis.ChainId.ToString(CultureInfo.InvariantCulture)),
        ("timestamp", genesis.Timestamp.ToString(CultureInfo.InvariantCulture)),
        ("validators", genesis.Validators.Count.ToString(CultureInfo.InvariantCulture)),
        ("totalSupply", genesis.TotalSupply.ToString()),
    ];

    // What block 0 holds and all that streams may ever mint.
    private static Amount SupplyMaxOf(GenesisDocument genesis)
    {
        Amount sum = genesis.TotalSupply;
        StreamCaps defaults = new();
        JsonElement? caps = genesis.FindModule("emission") is { } section && section.TryGetProperty("caps", out JsonElement said)
            ? said
            : null;
        foreach ((EmissionStream stream, Amount cap) in defaults.ByStream())
        {
            string key = JsonNamingPolicy.CamelCase.ConvertName(stream.ToString());
            sum += caps is { } named && named.TryGetProperty(key, out JsonElement value) ? Amount.Parse(value.GetString()!) : cap;
        }

        return sum;
    }

    private static void Tell(TextWriter output, bool isJson, IReadOnlyList<(string Name, string Value)> facts)
    {
        if (!isJson)
        {
            foreach ((string name, string value) in facts) output.WriteLine($"{name,-12}{value}");
            return;
        }

        using MemoryStream text = new();
        using (Utf8JsonWriter json = new(text))
        {
            json.WriteStartObject();
            foreach ((string name, string value) in facts) json.WriteString(name, value);
            json.WriteEndObject();
        }

        output.WriteLine(Encoding.UTF8.GetString(text.ToArray()));
    }
}
