using DePinChain.Proofs.Hashing;

namespace DePinChain.Proofs.Replication;

/// <summary>The constants of a sector's size. They are consensus: a proof of another shape is none.</summary>
/// <param name="NodesLog2">A sector has 2^this nodes of 32 bytes.</param>
/// <param name="Layers">Layers of labels.</param>
/// <param name="Challenges">Nodes that a replication proof opens.</param>
/// <param name="CapLevels">Each tree's layer of 2^this nodes stands once in the proof, and paths end there.</param>
public sealed record SectorShape(int NodesLog2, int Layers, int Challenges, int CapLevels)
{
    /// <summary>Leaves that a spacetime proof opens in each sector.</summary>
    public const int SpacetimeChallenges = 10;

    /// <summary>Columns in a record: the challenged node, six parents in the layer, eight below.</summary>
    public const int Columns = 1 + ReplicationGraph.DrgDegree + ReplicationGraph.ExpanderDegree;

    // commR hashes 80 bytes.
    private const long CommitmentCompressions = 2;

    private static readonly SectorShape[] Shapes =
        [new(6, 2, 2, 0), new(18, 2, 8, 4), new(24, 11, 176, 8), new(30, 11, 176, 10), new(31, 11, 176, 10)];

    /// <summary>Nodes of a sector.</summary>
    public ulong Nodes => 1UL << NodesLog2;

    /// <summary>Bytes of a sector.</summary>
    public ulong Bytes => Nodes * NodeHash.Size;

    /// <summary>Siblings of a path that ends at a cap.</summary>
    public int PathLevels => NodesLog2 - CapLevels;

    /// <summary>Bytes of a cap.</summary>
    public int CapSize => NodeHash.Size << CapLevels;

    /// <summary>Bytes of a leaf and its path to the cap.</summary>
    public int OpeningSize => NodeHash.Size * (1 + PathLevels);

    /// <summary>Bytes of a column and its path to the cap.</summary>
    public int ColumnSize => NodeHash.Size * (Layers + PathLevels);

    /// <summary>Bytes of a record: data and replica node with their paths, then the columns with theirs.</summary>
    public int RecordSize => (2 * OpeningSize) + (Columns * ColumnSize);

    /// <summary>Bytes of a replication proof: three caps, then the records.</summary>
    public int ProofSize => (3 * CapSize) + (Challenges * RecordSize);

    /// <summary>Bytes of a sector's part of a spacetime proof: commC, then leaves with whole paths.</summary>
    public int SpacetimeSize => NodeHash.Size + (SpacetimeChallenges * NodeHash.Size * (1 + NodesLog2));

    /// <summary>SHA-256 compressions of verifying a replication proof: labels, column hashes, paths, caps and commR.</summary>
    public long Compressions
    {
        get
        {
            long labels = Challenges * (long)Layers * 20;
            long columnHash = (16 + (Layers * 32) + 9 + 63) / 64;
            long columns = Challenges * (long)Columns * columnHash;
            long paths = Challenges * (long)(Columns + 2) * PathLevels * 2;
            return labels + columns + paths + (3 * 2 * ((1L << CapLevels) - 1)) + CommitmentCompressions;
        }
    }

    /// <summary>The shape of a kind.</summary>
    public static SectorShape Of(SectorKind kind) => Shapes[(int)kind];
}
