using System.Text.Json.Serialization;
using DePinChain.Client.Programs;
using DePinChain.Primitives;
using DePinChain.Proofs.Pieces;
using DePinChain.Proofs.Replication;

namespace DePinChain.Providers.Sealing;

/// <summary>How far a sector is. Each step is written down when it is done, so that a restart goes on with the next.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<SectorStep>))]
internal enum SectorStep
{
    /// <summary>Its data lies here; it is to be sealed.</summary>
    Planned,

    /// <summary>Its replica lies here.</summary>
    Replicated,

    /// <summary>The chain has the promise.</summary>
    Promised,

    /// <summary>A committee's job was announced: its blob must come to the custodians.</summary>
    Announced,

    /// <summary>The committee judges.</summary>
    Judged,

    /// <summary>It is in a partition, and proven in its windows.</summary>
    Sealed,

    /// <summary>It came to its end, one way or another.</summary>
    Over,
}

/// <summary>A sector of this agent, as it lies in its folder.</summary>
internal sealed record SectorNote
{
    public ulong Sector { get; set; }

    public SectorKind Kind { get; set; }

    public SectorStep Step { get; set; }

    /// <summary>What lies in it, in order; none in a sector of zeros.</summary>
    public SectorPiece[] Pieces { get; set; } = [];

    /// <summary>Blocks it shall live after it was proven.</summary>
    public ulong Blocks { get; set; }

    public ulong TicketBlock { get; set; }

    public string Ticket { get; set; } = "";

    public string CommD { get; set; } = "";

    public string CommR { get; set; } = "";

    public string CommC { get; set; } = "";

    /// <summary>The committee's job.</summary>
    public ulong Job { get; set; }

    /// <summary>Deadline · 2^16 + partition, and the place in it, once it is sealed.</summary>
    public uint Partition { get; set; }

    public byte Place { get; set; }

    /// <summary>Why it is over, or what holds it up.</summary>
    public string? Why { get; set; }

    [JsonIgnore]
    public SectorShape Shape => SectorShape.Of(Kind);

    /// <summary>Whose replica it is.</summary>
    public SectorIdentity IdentityOf(ulong chainId, ulong provider) =>
        new(chainId, provider, Sector, Hash256.Parse(Ticket), Hash256.Parse(CommD));
}

/// <summary>A piece of a sector.</summary>
/// <param name="Cid">Its commitment.</param>
/// <param name="Name">What its file was called.</param>
internal sealed record SectorPiece(string Cid, string Name)
{
    /// <summary>The deal that pays for it; 0 for none.</summary>
    public ulong Deal { get; set; }

    /// <summary>The deal's last block.</summary>
    public ulong End { get; set; }

    /// <summary>The commitment, read.</summary>
    /// <exception cref="ExitException">Somebody wrote into the note.</exception>
    public PieceCid Read() => PieceCid.TryParse(Cid, out PieceCid piece, out string? fault) ? piece
        : throw new ExitException(ExitException.LocalState, $"'{Cid}' in a sector's note is no piece: {fault}");
}
