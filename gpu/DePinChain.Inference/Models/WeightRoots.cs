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
    public static Hash256 OfRows(ModelFolder model)
    {
        List<byte[]> leaves = [];
        IEnumerable<(SafetensorsFile File, StoredTensor Tensor)> all =
            model.Files.SelectMany(static file => file.Tensors.Select(tensor => (file, tensor)));
        foreach ((SafetensorsFile file, StoredTensor tensor) in all.OrderBy(static one => one.Tensor.Name, StringComparer.Ordinal))
        {
            int rows = tensor.Shape.Count == 0 ? 1 : (int)Math.Min(tensor.Shape[0], int.MaxValue);
            if (tensor.Shape.Count == 1) rows = 1;
            byte[] bytes = new byte[rows == 0 ? 0 : tensor.Bytes / rows];
            for (int row = 0; row < rows; row++)
            {
                file.ReadExactly(tensor.Offset + ((long)row * bytes.Length), bytes);
                leaves.Add(RowLeaf(tensor.Name, (uint)row, bytes));
            }
        }

        return RootOf(leaves);
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
        Span<byte> pair = stackalloc byte[65];
        pair[0] = 1;
        while (nodes.Count > 1)
        {
            List<byte[]> above = new((nodes.Count + 1) / 2);
            for (int at = 0; at + 1 < nodes.Count; at += 2)
            {
                nodes[at].CopyTo(pair[1..]);
                nodes[at + 1].CopyTo(pair[33..]);
                above.Add(SHA256.HashData(pair));
            }

            if (nodes.Count % 2 == 1) above.Add(nodes[^1]);
            nodes = above;
        }

        return new Hash256(nodes[0]);
    }

    private static byte[] Leaf(ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> bytes)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(prefix);
        hash.AppendData(bytes);
        return hash.GetHashAndReset();
    }
}
