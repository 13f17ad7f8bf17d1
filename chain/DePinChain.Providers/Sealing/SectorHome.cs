using System.Globalization;
using System.Text.Json;
using DePinChain.Client.Programs;
using DePinChain.Proofs.Hashing;
using DePinChain.Proofs.Pieces;
using DePinChain.Proofs.Replication;
using DePinChain.Providers.Files;

namespace DePinChain.Providers.Sealing;

/// <summary>The sectors of a provider's home: a folder for each, with its note, its data until it is sealed, and its replica.</summary>
internal sealed class SectorHome(AgentHome home)
{
    private const string NoteFile = "sector.json";
    private const string DataFile = "data";
    private const string ReplicaFile = "replica";
    private const string BlobFile = "blob";

    private string Folder { get; } = Path.Combine(home.Path, "sectors");

    private string WindowFolder { get; } = Path.Combine(home.Path, "windows");

    /// <summary>Every sector there is, by number.</summary>
    public IReadOnlyList<SectorNote> List()
    {
        if (!Directory.Exists(Folder)) return [];
        List<SectorNote> notes = [];
        foreach (string one in Directory.EnumerateDirectories(Folder))
        {
            string file = Path.Combine(one, NoteFile);
            if (!File.Exists(file)) continue; // its data is being written
            try
            {
                SectorNote? note = JsonSerializer.Deserialize(File.ReadAllText(file), AgentJson.Default.SectorNote);
                if (note is not null) notes.Add(note);
            }
            catch (JsonException broken)
            {
                throw new ExitException(ExitException.LocalState, $"{file} cannot be read ({broken.Message}); restore it from a backup.");
            }
        }

        return [.. notes.OrderBy(static note => note.Sector)];
    }

    /// <summary>A sector's note.</summary>
    /// <exception cref="ExitException">There is no such sector.</exception>
    public SectorNote Get(ulong sector) => List().FirstOrDefault(note => note.Sector == sector)
        ?? throw new ExitException(ExitException.Usage, $"There is no sector {sector} here; 'depin provider storage sectors' lists them.");

    /// <summary>Plans a sector: its padded data first, then the note that makes it one.</summary>
    /// <param name="kind">Its size.</param>
    /// <param name="file">What it holds; null for zeros.</param>
    /// <param name="blocks">How long it shall live.</param>
    public SectorNote Plan(SectorKind kind, string? file, ulong blocks)
    {
        SectorShape shape = SectorShape.Of(kind);
        byte[] padded = new byte[shape.Bytes];
        SectorPiece[] pieces = [];
        if (file is not null)
        {
            byte[] raw = File.ReadAllBytes(file);
            PieceCid piece = PieceHasher.Of(raw);
            if (raw.Length == 0 || piece.PaddedSize > shape.Bytes)
            {
                ulong room = shape.Bytes / Fr32.PaddedQuadSize * Fr32.RawQuadSize;
                throw new ExitException(ExitException.Usage, string.Create(
                    CultureInfo.InvariantCulture, $"{file} has {raw.Length} bytes; a sector of this size takes 1 to {room}."));
            }

            byte[] whole = new byte[piece.Capacity];
            raw.CopyTo(whole, 0);
            Fr32.Pad(whole, padded.AsSpan(0, (int)piece.PaddedSize));
            pieces = [new SectorPiece(piece.ToString(), Path.GetFileName(file))];
        }

        return Plan(kind, padded, pieces, blocks);
    }

    /// <summary>Plans a sector out of pieces of deals, each at the next multiple of its size, as the chain lays them out.</summary>
    /// <param name="kind">Its size, which they fit.</param>
    /// <param name="pieces">The pieces, with their deals, and where the bytes of each lie.</param>
    public SectorNote Plan(SectorKind kind, IReadOnlyList<(SectorPiece Piece, string File)> pieces)
    {
        byte[] padded = new byte[SectorShape.Of(kind).Bytes];
        PieceCid[] cids = [.. pieces.Select(static one => one.Piece.Read())];
        ulong[] starts = PieceLayout.StartsOf(cids);
        for (int at = 0; at < cids.Length; at++)
        {
            byte[] whole = new byte[cids[at].Capacity];
            using (FileStream file = File.OpenRead(pieces[at].File)) file.ReadExactly(whole.AsSpan(0, (int)cids[at].RawSize));
            Fr32.Pad(whole, padded.AsSpan((int)starts[at] * NodeHash.Size, (int)cids[at].PaddedSize));
        }

        return Plan(kind, padded, [.. pieces.Select(static one => one.Piece)], blocks: 0);
    }

    /// <summary>Decodes a replica and gives one of the pieces in it.</summary>
    /// <exception cref="ExitException">The replica is gone, or is not what was sealed.</exception>
    public byte[] Unseal(SectorNote note, SectorIdentity identity, int index) => PieceOf(note, Decoded(note, identity), index);

    /// <summary>Decodes a replica and gives all pieces in it.</summary>
    /// <exception cref="ExitException">The replica is gone, or is not what was sealed.</exception>
    public byte[][] Unseal(SectorNote note, SectorIdentity identity)
    {
        byte[] padded = Decoded(note, identity);
        return [.. note.Pieces.Select((_, index) => PieceOf(note, padded, index))];
    }

    private byte[] Decoded(SectorNote note, SectorIdentity identity)
    {
        byte[] padded;
        try
        {
            padded = SealedReplica.Decode(note.Shape, identity, File.ReadAllBytes(ReplicaPath(note.Sector)));
        }
        catch (Exception lost) when (lost is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new ExitException(ExitException.LocalState, $"The replica of sector {note.Sector} cannot be read: {lost.Message}");
        }

        if (SealedReplica.CommDOf(padded).ToString() != note.CommD)
        {
            throw new ExitException(
                ExitException.LocalState, $"The replica of sector {note.Sector} is damaged: it does not give the data's root.");
        }

        return padded;
    }

    private static byte[] PieceOf(SectorNote note, byte[] padded, int index)
    {
        PieceCid[] cids = [.. note.Pieces.Select(static piece => piece.Read())];
        byte[] raw = new byte[cids[index].Capacity];
        int start = (int)PieceLayout.StartsOf(cids)[index] * NodeHash.Size;
        return Fr32.TryUnpad(padded.AsSpan(start, (int)cids[index].PaddedSize), raw)
            ? raw[..(int)cids[index].RawSize]
            : throw new ExitException(ExitException.LocalState, $"What sector {note.Sector} holds is no padded data.");
    }

    public void Save(SectorNote note) => AgentHome.Replace(
        Path.Combine(FolderOf(note.Sector), NoteFile), JsonSerializer.SerializeToUtf8Bytes(note, AgentJson.Default.SectorNote));

    public string DataPath(ulong sector) => Path.Combine(FolderOf(sector), DataFile);

    public string ReplicaPath(ulong sector) => Path.Combine(FolderOf(sector), ReplicaFile);

    public string BlobPath(ulong sector) => Path.Combine(FolderOf(sector), BlobFile);

    /// <summary>Deletes what a sealed sector no longer needs: the replica gives the data back.</summary>
    public void ForgetData(ulong sector)
    {
        File.Delete(DataPath(sector));
        File.Delete(BlobPath(sector));
    }

    /// <summary>Keeps the blob that a window's announcement speaks of.</summary>
    public void SaveWindow(uint partition, ulong period, byte[] blob)
    {
        Directory.CreateDirectory(WindowFolder);
        AgentHome.Replace(WindowPath(partition, period), blob);
    }

    public byte[] ReadWindow(uint partition, ulong period) => File.ReadAllBytes(WindowPath(partition, period));

    public void ForgetWindow(uint partition, ulong period) => File.Delete(WindowPath(partition, period));

    /// <summary>Blobs of windows that are kept.</summary>
    public IReadOnlyList<(uint Partition, ulong Period)> Windows()
    {
        if (!Directory.Exists(WindowFolder)) return [];
        List<(uint Partition, ulong Period)> windows = [];
        foreach (string file in Directory.EnumerateFiles(WindowFolder))
        {
            string[] parts = Path.GetFileName(file).Split('-');
            if (parts.Length == 2
                && uint.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out uint partition)
                && ulong.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out ulong period))
                windows.Add((partition, period));
        }

        windows.Sort();
        return windows;
    }

    private string WindowPath(uint partition, ulong period) =>
        Path.Combine(WindowFolder, string.Create(CultureInfo.InvariantCulture, $"{partition}-{period}"));

    private SectorNote Plan(SectorKind kind, byte[] padded, SectorPiece[] pieces, ulong blocks)
    {
        ulong next = 1;
        while (Directory.Exists(FolderOf(next))) next++;
        Directory.CreateDirectory(FolderOf(next));
        AgentHome.Replace(DataPath(next), padded);
        SectorNote note = new() { Sector = next, Kind = kind, Pieces = pieces, Blocks = blocks };
        Save(note);
        return note;
    }

    private string FolderOf(ulong sector) => Path.Combine(Folder, sector.ToString("d6", CultureInfo.InvariantCulture));
}
