using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using DePinChain.Primitives;

namespace DePinChain.Inference.Models;

/// <summary>
/// What a registry keeps of a model. weightsRoot: files by name, each in chunks of 4 MiB, leaf = SHA-256(0 ‖ u32 file ‖ u32 chunk ‖
/// u32 length ‖ bytes). rowsRoot: tensors by name, leaf = SHA-256(2 ‖ u16 length of name ‖ name ‖ u32 row ‖ the row's bytes in the file),
/// so that a dispute can show one row. Inner nodes SHA-256(1 ‖ left ‖ right); a node without a neighbour moves up. Numbers big-endian.
/// </summary>
public static class WeightRoots
{
    /// <summary>Bytes of a chunk.</summary>
    public const int ChunkSize = 4 << 20;

    private const long RowBytesMax = 1 << 30;

    /// <summary>The root over the bytes of all weight files.</summary>
    public static Hash256 OfFiles(IEnumerable<string> paths)
    {
        List<byte[]> leaves = [];
        byte[] buffer = new byte[ChunkSize];
        Span<byte> prefix = stackalloc byte[13];
        prefix[0] = 0;
        uint number = 0;
        foreach (string path in paths.OrderBy(static path => Path.GetFileName(path), StringComparer.Ordinal))
        {
            using FileStream stream = File.OpenRead(path);
            uint chunk = 0;
            int read;
            while ((read = stream.ReadAtLeast(buffer, ChunkSize, throwOnEndOfStream: false)) > 0)
            {
                BinaryPrimitives.WriteUInt32BigEndian(prefix[1..], number);
                BinaryPrimitives.WriteUInt32BigEndian(prefix[5..], chunk++);
                BinaryPrimitives.WriteUInt32BigEndian(prefix[9..], (uint)read);
                leaves.Add(Leaf(prefix, buffer.AsSpan(0, read)));
            }

            number++;
        }

        return RootOf(leaves);
    }

    /// <summary>The root over the rows of all tensors.</summary>
    public static Hash256 OfRows(ModelFolder model) => RootOf(RowLeaves(model, "", 0, out _));

    /// <summary>One row with its way to the root, as a dispute shows it. Hashes every row of the model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="tensor">The tensor's name.</param>
    /// <param name="row">Which row of it.</param>
    /// <exception cref="InferenceException">It has no such row.</exception>
    public static RowProof ProveRow(ModelFolder model, string tensor, int row)
    {
        byte[] bytes = ReadRow(model, tensor, row);
        List<byte[]> nodes = RowLeaves(model, tensor, row, out int leaf);
        int leaves = nodes.Count;
        List<Hash256> path = [];
        for (int at = leaf; nodes.Count > 1; at /= 2)
        {
            if ((at ^ 1) < nodes.Count) path.Add(new Hash256(nodes[at ^ 1]));
            nodes = Above(nodes);
        }

        return new RowProof(bytes, (ulong)leaf, (ulong)leaves, path);
    }

    /// <summary>Rows of a tensor; none of one that the model has not.</summary>
    public static int RowsOf(ModelFolder model, string tensor) => Find(model, tensor) is { } found ? RowsOf(found.Tensor).Rows : 0;

    /// <summary>A row's bytes as its file has them.</summary>
    /// <exception cref="InferenceException">It has no such row.</exception>
    public static byte[] ReadRow(ModelFolder model, string tensor, int row)
    {
        if (Find(model, tensor) is not { } found || row < 0 || row >= RowsOf(found.Tensor).Rows)
            throw new InferenceException(InferenceFault.Model, $"{model.Path} has no row {row} of {tensor}.");
        byte[] bytes = new byte[RowsOf(found.Tensor).Bytes];
        found.File.ReadExactly(found.Tensor.Offset + ((long)row * bytes.Length), bytes);
        return bytes;
    }

    /// <summary>The leaf of one row.</summary>
    public static byte[] RowLeaf(string tensor, uint row, ReadOnlySpan<byte> bytes)
    {
        byte[] name = Encoding.UTF8.GetBytes(tensor);
        byte[] prefix = new byte[1 + 2 + name.Length + 4];
        prefix[0] = 2;
        BinaryPrimitives.WriteUInt16BigEndian(prefix.AsSpan(1), checked((ushort)name.Length));
        name.CopyTo(prefix.AsSpan(3));
        BinaryPrimitives.WriteUInt32BigEndian(prefix.AsSpan(3 + name.Length), row);
        return Leaf(prefix, bytes);
    }

    /// <summary>The root over leaves; without any it is zero.</summary>
    internal static Hash256 RootOf(List<byte[]> nodes)
    {
        if (nodes.Count == 0) return Hash256.Zero;
        while (nodes.Count > 1) nodes = Above(nodes);
        return new Hash256(nodes[0]);
    }

    private static List<byte[]> Above(List<byte[]> nodes)
    {
        Span<byte> pair = stackalloc byte[65];
        pair[0] = 1;
        List<byte[]> above = new((nodes.Count + 1) / 2);
        for (int at = 0; at + 1 < nodes.Count; at += 2)
        {
            nodes[at].CopyTo(pair[1..]);
            nodes[at + 1].CopyTo(pair[33..]);
            above.Add(SHA256.HashData(pair));
        }

        if (nodes.Count % 2 == 1) above.Add(nodes[^1]);
        return above;
    }

    private static (SafetensorsFile File, StoredTensor Tensor)? Find(ModelFolder model, string name)
    {
        foreach (SafetensorsFile file in model.Files)
        {
            foreach (StoredTensor tensor in file.Tensors)
                if (tensor.Name == name) return (file, tensor);
        }

        return null;
    }

    // All rows' leaves, and the place of one of them.
    private static List<byte[]> RowLeaves(ModelFolder model, string wanted, int wantedRow, out int place)
    {
        List<byte[]> leaves = [];
        place = -1;
        IEnumerable<(SafetensorsFile File, StoredTensor Tensor)> all =
            model.Files.SelectMany(static file => file.Tensors.Select(tensor => (file, tensor)));
        foreach ((SafetensorsFile file, StoredTensor tensor) in all.OrderBy(static one => one.Tensor.Name, StringComparer.Ordinal))
        {
            (int rows, int size) = RowsOf(tensor);
            byte[] bytes = new byte[size];
            if (tensor.Name == wanted) place = leaves.Count + wantedRow;
            for (int row = 0; row < rows; row++)
            {
                file.ReadExactly(tensor.Offset + ((long)row * size), bytes);
                leaves.Add(RowLeaf(tensor.Name, (uint)row, bytes));
            }
        }

        return leaves;
    }

    // A vector is one row.
    private static (int Rows, int Bytes) RowsOf(StoredTensor tensor)
    {
        int rows = tensor.Shape.Count < 2 ? 1 : (int)Math.Min(tensor.Shape[0], int.MaxValue);
        long bytes = rows == 0 ? 0 : tensor.Bytes / rows;
        InferenceException.Require(
            bytes <= RowBytesMax, InferenceFault.Model, $"A row of {tensor.Name} has {bytes} bytes; a model's have at most {RowBytesMax}.");
        return (rows, (int)bytes);
    }

    private static byte[] Leaf(ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> bytes)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(prefix);
        hash.AppendData(bytes);
        return hash.GetHashAndReset();
    }
}

/// <summary>One row of a model's weights with its way to the registered root.</summary>
/// <param name="Row">Its bytes.</param>
/// <param name="Leaf">Its place among all rows.</param>
/// <param name="Leaves">All rows.</param>
/// <param name="Path">Neighbours from the bottom up.</param>
public sealed record RowProof(byte[] Row, ulong Leaf, ulong Leaves, IReadOnlyList<Hash256> Path);
