using System.Globalization;
using System.Text.Json;
using DePinChain.Miners.Homes;

namespace DePinChain.Miners.Disputes;

/// <summary>A turn as it was signed.</summary>
/// <param name="Hash">The transaction's hash.</param>
/// <param name="Raw">Its bytes.</param>
internal sealed record TurnNote(string Hash, string Raw);

/// <summary>
/// The turns that a miner has signed: a file each, written before it is sent, so that after a kill the same bytes go out again and no turn
/// is paid for twice.
/// </summary>
internal sealed class TurnBook
{
    private readonly string _folder;

    public TurnBook(string folder)
    {
        _folder = folder;
        Directory.CreateDirectory(folder);
    }

    /// <summary>A turn that was signed and has not failed.</summary>
    public TurnNote? Find(ulong dispute, string turn) => File.Exists(PathOf(dispute, turn))
        ? JsonSerializer.Deserialize(File.ReadAllBytes(PathOf(dispute, turn)), SubnetJson.Default.TurnNote)
        : null;

    /// <summary>Writes a turn down before it is sent.</summary>
    public void Write(ulong dispute, string turn, TurnNote note) =>
        DurableFile.Replace(PathOf(dispute, turn), JsonSerializer.SerializeToUtf8Bytes(note, SubnetJson.Default.TurnNote));

    /// <summary>A turn that will never be in a block is signed anew.</summary>
    public void Drop(ulong dispute, string turn) => File.Delete(PathOf(dispute, turn));

    /// <summary>Forgets the turns of a dispute that is over.</summary>
    public void Forget(ulong dispute)
    {
        foreach (string path in Directory.EnumerateFiles(_folder, string.Create(CultureInfo.InvariantCulture, $"{dispute:D12}-*.turn")))
            File.Delete(path);
    }

    private string PathOf(ulong dispute, string turn) =>
        Path.Combine(_folder, string.Create(CultureInfo.InvariantCulture, $"{dispute:D12}-{turn}.turn"));
}
