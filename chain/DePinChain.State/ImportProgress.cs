using DePinChain.Primitives;

namespace DePinChain.State;

/// <summary>How far the import of a snapshot is; the one row that is written with each chunk.</summary>
/// <param name="Height">Of the block whose state it is.</param>
/// <param name="Root">Its state root.</param>
/// <param name="Cut">How the snapshot is cut into chunks: the count of those taken means nothing under another cut.</param>
/// <param name="Taken">Chunks taken.</param>
/// <param name="Part">What comes next.</param>
/// <param name="Owner">Whose records come next; zero for accounts and bodies.</param>
/// <param name="Expected">The root of the trie that is being built.</param>
/// <param name="Built">The root of what is built of it.</param>
/// <param name="Origin">The first key that the next range must cover.</param>
/// <param name="IsOwnerDone">Whether the trie is complete and the next owner has not been looked for.</param>
internal readonly record struct ImportProgress(
    ulong Height,
    Hash256 Root,
    Hash256 Cut,
    uint Taken,
    SnapshotPart Part,
    Hash256 Owner,
    Hash256 Expected,
    Hash256 Built,
    Hash256 Origin,
    bool IsOwnerDone)
{
    public static ReadOnlySpan<byte> Key => "snapshot-import"u8;

    public static ImportProgress Begin(ulong height, Hash256 root, Hash256 cut) =>
        new(height, root, cut, 0, SnapshotPart.Accounts, Hash256.Zero, root, MerkleTrie.EmptyRoot, Hash256.Zero, IsOwnerDone: false);

    /// <summary>After a range of the same trie.</summary>
    public ImportProgress After(in Hash256 last, in Hash256 built, bool hasMore) =>
        this with { Taken = Taken + 1, Built = built, Origin = SnapshotExport.After(last), IsOwnerDone = !hasMore };

    /// <summary>At the beginning of an account's records.</summary>
    public ImportProgress Into(in Hash256 owner, in Hash256 storageRoot) => this with
    {
        Owner = owner,
        Expected = storageRoot,
        Built = MerkleTrie.EmptyRoot,
        Origin = Hash256.Zero,
        IsOwnerDone = false,
    };

    public byte[] ToRow()
    {
        RlpWriter writer = new();
        int mark = writer.BeginList();
        writer.Write(Height);
        writer.Write(Root);
        writer.Write(Cut);
        writer.Write((ulong)Taken);
        writer.Write((ulong)Part);
        writer.Write(Owner);
        writer.Write(Expected);
        writer.Write(Built);
        writer.Write(Origin);
        writer.Write(IsOwnerDone ? 1UL : 0);
        writer.EndList(mark);
        return writer.ToArray();
    }

    public static ImportProgress Read(byte[] row)
    {
        try
        {
            RlpReader fields = new RlpReader(row).ReadList();
            return new ImportProgress(
                fields.ReadUInt64(),
                fields.ReadHash256(),
                fields.ReadHash256(),
                fields.ReadUInt32(),
                (SnapshotPart)fields.ReadByte(),
                fields.ReadHash256(),
                fields.ReadHash256(),
                fields.ReadHash256(),
                fields.ReadHash256(),
                fields.ReadUInt64() == 1);
        }
        catch (RlpException)
        {
            throw new StateCorruptException("the progress of a snapshot's import cannot be read; delete the folder and begin again");
        }
    }
}
