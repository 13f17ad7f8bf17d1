using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using DePinChain.Primitives;

namespace DePinChain.Blocks;

/// <summary>What a network is: its name, its rules, who holds what, who validates, and each module's first parameters.</summary>
public sealed record GenesisDocument
{
    public required string Name { get; init; }

    public string? Description { get; init; }

    /// <summary>EIP-155 chain id, below 2^31 so that v stays exact in old JavaScript tools.</summary>
    public required ulong ChainId { get; init; }

    /// <summary>A network for one machine: local snapshots, mining on demand and a shared clock offset are allowed.</summary>
    public bool Development { get; init; }

    /// <summary>Unix seconds of block 0.</summary>
    public required ulong Timestamp { get; init; }

    /// <summary>Text of at most 32 UTF-8 bytes for block 0's header.</summary>
    public string ExtraData { get; init; } = "";

    public required ulong GasLimit { get; init; }

    /// <summary>Where the gas limit moves to, by less than 1/1024 a block.</summary>
    public required ulong GasLimitTarget { get; init; }

    /// <summary>Least seconds between the timestamps of two blocks: 12, or 0 on a localnet.</summary>
    public required ulong MinBlockSeconds { get; init; }

    /// <summary>Wei per gas below which the base fee never falls.</summary>
    public required UInt256 MinBaseFeePerGas { get; init; }

    /// <summary>Wei per gas of block 0.</summary>
    public required UInt256 InitialBaseFeePerGas { get; init; }

    /// <summary>Milliseconds at which a proposer paces its blocks unless told otherwise; not part of the state transition.</summary>
    public required uint BlockTimeMs { get; init; }

    public required GenesisTimeouts Timeouts { get; init; }

    /// <summary>Fork name to activation height, ascending by height, then by name.</summary>
    public IReadOnlyList<GenesisFork> Forks { get; init; } = [];

    /// <summary>What all accounts hold together; the sum is checked against it.</summary>
    public required Amount TotalSupply { get; init; }

    public IReadOnlyList<GenesisAccount> Accounts { get; init; } = [];

    public IReadOnlyList<GenesisValidator> Validators { get; init; } = [];

    /// <summary>Module name to its own section, ascending by name (ordinal).</summary>
    public IReadOnlyList<GenesisModule> Modules { get; init; } = [];

    /// <summary>Reads a document; every error of form is listed with its JSON path.</summary>
    public static bool TryParse(
        string json, [NotNullWhen(true)] out GenesisDocument? document, out IReadOnlyList<GenesisError> errors)
    {
        var reader = new GenesisReader();
        document = reader.Read(json);
        errors = reader.Errors;
        return document is not null;
    }

    /// <summary>Reads a document that is known to be well formed.</summary>
    /// <exception cref="GenesisException">Names every error with its JSON path.</exception>
    public static GenesisDocument Parse(string json) =>
        TryParse(json, out GenesisDocument? document, out IReadOnlyList<GenesisError> errors)
            ? document
            : throw new GenesisException(errors);

    /// <summary>Every rule of a startable network that the document breaks; empty when it can be started.</summary>
    public IReadOnlyList<GenesisError> Validate() => GenesisRules.Check(this);

    /// <summary>The document as it would be written by hand: indented, the keys in the order of the schema.</summary>
    public string ToJson() => GenesisFile.From(this).Write();

    /// <summary>The section of one module, or null when the genesis leaves it to the module's defaults.</summary>
    public JsonElement? FindModule(string name)
    {
        foreach (GenesisModule module in Modules)
            if (string.Equals(module.Name, name, StringComparison.Ordinal)) return module.Section;
        return null;
    }

    /// <summary>A copy with one module's section replaced or added.</summary>
    public GenesisDocument WithModule(string name, JsonElement section) => this with
    {
        Modules = [.. Modules.Where(m => !string.Equals(m.Name, name, StringComparison.Ordinal))
            .Append(new GenesisModule(name, section))
            .OrderBy(m => m.Name, StringComparer.Ordinal)],
    };
}

/// <summary>Waiting times of consensus in milliseconds; round r waits base + r · delta, never more than the cap.</summary>
public sealed record GenesisTimeouts(
    uint ProposeMs,
    uint ProposeDeltaMs,
    uint VoteMs,
    uint VoteDeltaMs,
    uint RebroadcastMs,
    uint CapMs,
    uint PrecisionMs,
    uint MessageDelayMs);

/// <summary>A change of rules that becomes active at a height.</summary>
public readonly record struct GenesisFork(string Name, ulong Height);

/// <summary>An account that exists from block 0 on.</summary>
public sealed record GenesisAccount(Address Address, Amount Balance, string? Label = null);

/// <summary>A validator of the first epoch. Its bond is taken from the operator's account.</summary>
/// <param name="Operator">The account that owns the validator.</param>
/// <param name="Name">What people see.</param>
/// <param name="SigningKey">33 bytes, compressed; the hot key that signs votes.</param>
/// <param name="VrfKey">33 bytes, compressed; the hot key of the randomness beacon.</param>
/// <param name="VrfProofOfPossession">65-byte signature by the VRF key over keccak("DPC-POP" ‖ chainId ‖ operator), chainId in 32
/// bytes.</param>
/// <param name="SelfBond">At least 1 DPN; moves from the operator's account to Staking.</param>
/// <param name="Commission">Parts of 10^18.</param>
public sealed record GenesisValidator(
    Address Operator,
    string Name,
    ReadOnlyMemory<byte> SigningKey,
    ReadOnlyMemory<byte> VrfKey,
    ReadOnlyMemory<byte> VrfProofOfPossession,
    Amount SelfBond,
    ulong Commission);

/// <summary>One module's section, read by the module itself.</summary>
public readonly record struct GenesisModule(string Name, JsonElement Section);

/// <summary>One mistake in a genesis document and where it stands.</summary>
public sealed record GenesisError(string Path, string Message)
{
    public override string ToString() => $"{Path}: {Message}";
}

/// <summary>A genesis document that cannot be used; the message names every error.</summary>
public sealed class GenesisException(IReadOnlyList<GenesisError> errors)
    : Exception("The genesis document has errors:\n" + string.Join('\n', errors))
{
    public IReadOnlyList<GenesisError> Errors { get; } = errors;
}
