using System.Text;
using System.Text.Json;
using DePinChain.Primitives;

namespace DePinChain.Blocks;

/// <summary>Turns the JSON shape into a <see cref="GenesisDocument"/> and collects every error of form on the way.</summary>
internal sealed class GenesisReader
{
    private const int PublicKeyBytes = 33;
    private const int SignatureBytes = 65;

    private readonly List<GenesisError> _errors = [];

    public IReadOnlyList<GenesisError> Errors => _errors;

    /// <summary>The document, or null when there are errors.</summary>
    public GenesisDocument? Read(string json)
    {
        GenesisFile? file;
        try
        {
            file = JsonSerializer.Deserialize(json, GenesisJson.Default.GenesisFile);
        }
        catch (JsonException broken)
        {
            // The parser stops here, so this is the one error that can hide others.
            _errors.Add(new GenesisError(broken.Path ?? "$", broken.Message));
            return null;
        }
        if (file is null)
        {
            _errors.Add(new GenesisError("$", "the document is null"));
            return null;
        }
        GenesisDocument document = Read(file);
        return _errors.Count == 0 ? document : null;
    }

    private GenesisDocument Read(GenesisFile file)
    {
        Unknown("$", file.Unknown);
        string extraData = file.ExtraData ?? "";
        if (Encoding.UTF8.GetByteCount(extraData) > BlockHeader.ExtraDataBytesMax)
            Error("$.extraData", $"is longer than {BlockHeader.ExtraDataBytesMax} bytes of UTF-8");
        return new GenesisDocument
        {
            Name = Text("$.name", file.Name),
            Description = file.Description,
            ChainId = Number("$.chainId", file.ChainId),
            Development = file.Development ?? false,
            Timestamp = Number("$.timestamp", file.Timestamp),
            ExtraData = extraData,
            GasLimit = Number("$.gasLimit", file.GasLimit),
            GasLimitTarget = Number("$.gasLimitTarget", file.GasLimitTarget),
            MinBlockSeconds = Number("$.minBlockSeconds", file.MinBlockSeconds),
            MinBaseFeePerGas = Wei("$.minBaseFeePerGas", file.MinBaseFeePerGas),
            InitialBaseFeePerGas = Wei("$.initialBaseFeePerGas", file.InitialBaseFeePerGas),
            BlockTimeMs = Milliseconds("$.blockTimeMs", file.BlockTimeMs),
            Timeouts = ReadTimeouts(file.Timeouts),
            Forks = [.. (file.Forks ?? []).Select(f => new GenesisFork(f.Key, f.Value))
                .OrderBy(f => f.Height).ThenBy(f => f.Name, StringComparer.Ordinal)],
            TotalSupply = Dpn("$.totalSupply", file.TotalSupply),
            Accounts = [.. (file.Accounts ?? []).Select(ReadAccount)],
            Validators = [.. (file.Validators ?? []).Select(ReadValidator)],
            Modules = [.. (file.Modules ?? []).Select(m => new GenesisModule(m.Key, m.Value)).OrderBy(m => m.Name, StringComparer.Ordinal)],
        };
    }

    private GenesisTimeouts ReadTimeouts(GenesisFileTimeouts? file)
    {
        const string Path = "$.timeouts";
        if (file is null) Error(Path, "is missing");
        file ??= GenesisFileTimeouts.From(new GenesisTimeouts(0, 0, 0, 0, 0, 0, 0, 0));
        Unknown(Path, file.Unknown);
        return new GenesisTimeouts(
            Milliseconds(Path + ".proposeMs", file.ProposeMs),
            Milliseconds(Path + ".proposeDeltaMs", file.ProposeDeltaMs),
            Milliseconds(Path + ".voteMs", file.VoteMs),
            Milliseconds(Path + ".voteDeltaMs", file.VoteDeltaMs),
            Milliseconds(Path + ".rebroadcastMs", file.RebroadcastMs),
            Milliseconds(Path + ".capMs", file.CapMs),
            Milliseconds(Path + ".precisionMs", file.PrecisionMs),
            Milliseconds(Path + ".messageDelayMs", file.MessageDelayMs));
    }

    private GenesisAccount ReadAccount(GenesisFileAccount file, int index)
    {
        string path = $"$.accounts[{index}]";
        Unknown(path, file.Unknown);
        return new GenesisAccount(ReadAddress(path + ".address", file.Address), Dpn(path + ".balance", file.Balance), file.Label);
    }

    private GenesisValidator ReadValidator(GenesisFileValidator file, int index)
    {
        string path = $"$.validators[{index}]";
        Unknown(path, file.Unknown);
        Amount commission = Dpn(path + ".commission", file.Commission);
        if (commission > Amount.One) Error(path + ".commission", "is above 1");
        return new GenesisValidator(
            ReadAddress(path + ".operator", file.Operator),
            Text(path + ".name", file.Name),
            Bytes(path + ".signingKey", file.SigningKey, PublicKeyBytes),
            Bytes(path + ".vrfKey", file.VrfKey, PublicKeyBytes),
            Bytes(path + ".vrfProofOfPossession", file.VrfProofOfPossession, SignatureBytes),
            Dpn(path + ".selfBond", file.SelfBond),
            (ulong)Amount.Min(commission, Amount.One).Wei);
    }

    private Address ReadAddress(string path, string? text)
    {
        if (Text(path, text).Length == 0) return default;
        if (!Address.TryParse(text, out Address address))
            Error(path, $"'{text}' is not an address (0x, 40 hex digits, EIP-55 if mixed case)");
        return address;
    }

    private byte[] Bytes(string path, string? text, int size)
    {
        if (Text(path, text).Length == 0) return [];
        if (Hex.TryDecode(text, out byte[] bytes) && bytes.Length == size) return bytes;
        Error(path, $"is not 0x and {2 * size} hex digits");
        return [];
    }

    private Amount Dpn(string path, string? text)
    {
        if (Text(path, text).Length == 0) return Amount.Zero;
        try
        {
            return Amount.Parse(text!); // Text reported a null
        }
        catch (Exception unreadable) when (unreadable is FormatException or OverflowException)
        {
            Error(path, $"'{text}' is not an amount of DPN with at most 18 decimals");
            return Amount.Zero;
        }
    }

    private UInt256 Wei(string path, string? text)
    {
        if (Text(path, text).Length == 0) return UInt256.Zero;
        if (!UInt256.TryParse(text, out UInt256 wei)) Error(path, $"'{text}' is not a number of wei");
        return wei;
    }

    private string Text(string path, string? text)
    {
        if (string.IsNullOrEmpty(text)) Error(path, "is missing");
        return text ?? "";
    }

    private ulong Number(string path, ulong? number)
    {
        if (number is null) Error(path, "is missing");
        return number ?? 0;
    }

    private uint Milliseconds(string path, uint? number)
    {
        if (number is null) Error(path, "is missing");
        return number ?? 0;
    }

    private void Unknown(string path, Dictionary<string, JsonElement>? unknown)
    {
        if (unknown is null) return;
        foreach (string key in unknown.Keys.Order(StringComparer.Ordinal)) Error($"{path}.{key}", "is not a known key");
    }

    private void Error(string path, string message) => _errors.Add(new GenesisError(path, message));
}
