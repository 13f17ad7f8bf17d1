using System.Globalization;
using DePinChain.Blocks;
using DePinChain.Network;
using DePinChain.Primitives;
using DePinChain.State;

namespace DePinChain.Engine;

/// <summary>State snapshots on disk: one folder for each height, with a manifest and one file for each chunk.</summary>
/// <remarks>A snapshot appears under its height only when it is whole. Reading is safe beside writing.</remarks>
public sealed class SnapshotFolder(string path)
{
    /// <summary>Snapshots that are kept.</summary>
    public const int KeptMax = 2;

    private const string ManifestFile = "manifest.rlp";

    /// <summary>Where the snapshots lie.</summary>
    public string Path => path;

    /// <summary>Heights of the whole snapshots, ascending.</summary>
    public IReadOnlyList<ulong> Heights => Directory.Exists(path)
        ? [.. Directory.EnumerateDirectories(path).Select(HeightOf).OfType<ulong>().Order()]
        : [];

    /// <summary>Writes a snapshot of a state and its block, and forgets the oldest.</summary>
    /// <param name="state">A latest state, held by the caller until this returns.</param>
    /// <param name="head">The block whose state it is; above genesis.</param>
    public SnapshotManifest Write(StateSnapshot state, ChainHead head)
    {
        if (head.Commit is not { } commit || head.Signers is not { } signers)
            throw new InvalidOperationException("Genesis needs no snapshot: it is made from the genesis file.");
        Invariant.Assert(state.Root == head.Header.StateRoot, "a snapshot is of its block's state");
        string unfinished = System.IO.Path.Combine(path, "unfinished");
        if (Directory.Exists(unfinished)) Directory.Delete(unfinished, recursive: true);
        Directory.CreateDirectory(unfinished);
        List<Hash256> hashes = [];
        foreach (SnapshotChunk chunk in SnapshotExport.ChunksOf(state))
        {
            byte[] encoded = chunk.Encode();
            File.WriteAllBytes(ChunkPath(unfinished, (uint)hashes.Count), encoded);
            hashes.Add(Keccak256.Hash(encoded));
        }

        LightBlock light = new(head.Header, head.Block.Consensus.Preimage, signers, commit);
        SnapshotManifest manifest = new(light, DecidedBlock.Encode(head.Block, commit), hashes);
        File.WriteAllBytes(System.IO.Path.Combine(unfinished, ManifestFile), manifest.Encode());
        string final = FolderOf(head.Number);
        if (Directory.Exists(final)) Directory.Delete(final, recursive: true);
        Directory.Move(unfinished, final);
        foreach (ulong height in Heights.SkipLast(KeptMax)) Directory.Delete(FolderOf(height), recursive: true);
        return manifest;
    }

    /// <summary>A snapshot's manifest as it was written, or null.</summary>
    public byte[]? FindManifest(ulong height) => Find(System.IO.Path.Combine(FolderOf(height), ManifestFile));

    /// <summary>A chunk as it was written, or null.</summary>
    public byte[]? FindChunk(ulong height, uint index) => Find(ChunkPath(FolderOf(height), index));

    /// <summary>Answers a peer.</summary>
    public Answer Answer(SnapshotRequest request)
    {
        byte[]? bytes = request.Question switch
        {
            SnapshotQuestion.Newest => Heights is [.., var newest] ? FindManifest(newest) : null,
            SnapshotQuestion.Manifest => FindManifest(request.Height),
            _ => FindChunk(request.Height, request.Index),
        };
        return bytes is null ? Network.Answer.Refused(AnswerStatus.NotAvailable) : new Answer(AnswerStatus.Success, [bytes]);
    }

    private string FolderOf(ulong height) => System.IO.Path.Combine(path, height.ToString(CultureInfo.InvariantCulture));

    private static string ChunkPath(string folder, uint index) =>
        System.IO.Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"chunk-{index:d6}.rlp"));

    private static ulong? HeightOf(string folder) =>
        ulong.TryParse(System.IO.Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out ulong height)
            ? height
            : null;

    private static byte[]? Find(string file)
    {
        try
        {
            return File.ReadAllBytes(file);
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }
}
