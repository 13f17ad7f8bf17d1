using System.Buffers.Binary;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;

namespace DePinChain.Inference.Models;

/// <summary>How a tensor's elements are written.</summary>
public enum ElementKind
{
    /// <summary>IEEE single precision.</summary>
    F32,

    /// <summary>IEEE half precision.</summary>
    F16,

    /// <summary>bfloat16.</summary>
    BF16,
}

/// <summary>A tensor in a file.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">Its elements.</param>
/// <param name="Shape">Its sizes, the slowest first.</param>
/// <param name="Offset">Where its bytes begin in the file.</param>
/// <param name="Bytes">How many there are.</param>
public sealed record StoredTensor(string Name, ElementKind Kind, IReadOnlyList<long> Shape, long Offset, long Bytes)
{
    /// <summary>Bytes of an element.</summary>
    public int ElementSize => Kind == ElementKind.F32 ? 4 : 2;

    /// <summary>Elements.</summary>
    public long Count => Bytes / ElementSize;
}

/// <summary>
/// A safetensors file: u64 little-endian header length, a JSON object of tensors, then their bytes. Nothing in it is believed: every
/// offset is checked, holes and overlaps are refused, and elements that are no finite numbers are found when they are read.
/// </summary>
public sealed class SafetensorsFile : IDisposable
{
    /// <summary>The format's own limit of the header.</summary>
    public const int HeaderBytesMax = 100_000_000;

    private const int PrefixSize = 8;
    private const int DimensionsMax = 8;
    private const int TensorsMax = 200_000;
    private const int NameLengthMax = 512;
    private const int ReadBytes = 1 << 22;

    private readonly SafeFileHandle _handle;
    private readonly SortedDictionary<string, StoredTensor> _tensors;

    private SafetensorsFile(string path, SafeFileHandle handle, SortedDictionary<string, StoredTensor> tensors) =>
        (Path, _handle, _tensors) = (path, handle, tensors);

    /// <summary>Its path.</summary>
    public string Path { get; }

    /// <summary>Its tensors in the order of their names.</summary>
    public IReadOnlyCollection<StoredTensor> Tensors => _tensors.Values;

    /// <summary>Opens a file and checks its header.</summary>
    /// <exception cref="InferenceException">It is no safetensors file, or a hostile one.</exception>
    public static SafetensorsFile Open(string path)
    {
        SafeFileHandle handle;
        try
        {
            handle = File.OpenHandle(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Bad(path, error.Message);
        }

        try
        {
            return new SafetensorsFile(path, handle, ReadHeader(path, handle));
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>A tensor by name, or null.</summary>
    public StoredTensor? Find(string name) => _tensors.GetValueOrDefault(name);

    /// <summary>Reads a whole tensor.</summary>
    /// <exception cref="InferenceException">An element is no finite number, or the file was cut since it was opened.</exception>
    public float[] Read(StoredTensor tensor)
    {
        InferenceException.Require(
            tensor.Count <= Array.MaxLength, InferenceFault.Model, $"{Path}: {tensor.Name} is larger than this engine reads.");
        float[] values = new float[tensor.Count];
        byte[] buffer = new byte[(int)Math.Min(ReadBytes, Math.Max(tensor.Bytes, 4))];
        int done = 0;
        for (long at = 0; at < tensor.Bytes;)
        {
            int size = (int)Math.Min(buffer.Length, tensor.Bytes - at);
            ReadExactly(tensor.Offset + at, buffer.AsSpan(0, size));
            for (int place = 0; place < size; place += tensor.ElementSize, done++)
            {
                float value = ElementOf(tensor.Kind, buffer.AsSpan(place));
                if (!float.IsFinite(value)) throw Bad(Path, $"{tensor.Name} has an element that is no finite number at {done}");
                values[done] = value;
            }

            at += size;
        }

        return values;
    }

    /// <summary>Reads bytes as they lie in the file.</summary>
    public void ReadExactly(long offset, Span<byte> bytes)
    {
        int done = 0;
        while (done < bytes.Length)
        {
            int read = RandomAccess.Read(_handle, bytes[done..], offset + done);
            if (read == 0) throw Bad(Path, "it was cut while it was read");
            done += read;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();

    private static float ElementOf(ElementKind kind, ReadOnlySpan<byte> from) => kind switch
    {
        ElementKind.F32 => BinaryPrimitives.ReadSingleLittleEndian(from),
        ElementKind.F16 => (float)BinaryPrimitives.ReadHalfLittleEndian(from),
        _ => BitConverter.UInt32BitsToSingle((uint)BinaryPrimitives.ReadUInt16LittleEndian(from) << 16),
    };

    private static SortedDictionary<string, StoredTensor> ReadHeader(string path, SafeFileHandle handle)
    {
        long length = RandomAccess.GetLength(handle);
        Span<byte> prefix = stackalloc byte[PrefixSize];
        if (RandomAccess.Read(handle, prefix, 0) != PrefixSize) throw Bad(path, "it is shorter than its header's length");
        ulong size = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (size > HeaderBytesMax) throw Bad(path, $"its header claims {size} bytes, more than {HeaderBytesMax}");
        if ((long)size > length - PrefixSize) throw Bad(path, $"its header claims {size} bytes and the file has {length}");
        byte[] header = new byte[(int)size];
        for (int done = 0; done < header.Length;)
        {
            int read = RandomAccess.Read(handle, header.AsSpan(done), PrefixSize + done);
            if (read == 0) throw Bad(path, "it was cut while it was read");
            done += read;
        }

        SortedDictionary<string, StoredTensor> tensors = new(StringComparer.Ordinal);
        long start = PrefixSize + (long)size;
        try
        {
            using JsonDocument document = JsonDocument.Parse(
                header, new JsonDocumentOptions { MaxDepth = 8, AllowDuplicateProperties = false });
            if (document.RootElement.ValueKind != JsonValueKind.Object) throw Bad(path, "its header is no JSON object");
            foreach (JsonProperty entry in document.RootElement.EnumerateObject())
            {
                if (entry.Name == "__metadata__") continue;
                if (tensors.Count == TensorsMax) throw Bad(path, $"it has more than {TensorsMax} tensors");
                tensors.Add(entry.Name, ReadTensor(path, entry, start, length - start));
            }
        }
        catch (JsonException error)
        {
            throw Bad(path, $"its header is no JSON: {error.Message}");
        }

        RequireContiguous(path, tensors.Values, start, length);
        return tensors;
    }

    private static StoredTensor ReadTensor(string path, JsonProperty entry, long start, long room)
    {
        string name = entry.Name;
        if (name.Length is 0 or > NameLengthMax) throw Bad(path, "a tensor's name has 1 to 512 characters");
        if (entry.Value.ValueKind != JsonValueKind.Object
            || !entry.Value.TryGetProperty("dtype", out JsonElement dtype) || dtype.ValueKind != JsonValueKind.String
            || !entry.Value.TryGetProperty("shape", out JsonElement shape) || shape.ValueKind != JsonValueKind.Array
            || !entry.Value.TryGetProperty("data_offsets", out JsonElement offsets) || offsets.ValueKind != JsonValueKind.Array
            || offsets.GetArrayLength() != 2)
            throw Bad(path, $"{name} lacks dtype, shape or data_offsets");
        ElementKind kind = dtype.GetString() switch
        {
            "F32" => ElementKind.F32,
            "F16" => ElementKind.F16,
            "BF16" => ElementKind.BF16,
            string other => throw Bad(path, $"{name} has elements of type {other}; F32, F16 and BF16 are read"),
            null => throw Bad(path, $"{name} has no element type"),
        };
        if (shape.GetArrayLength() > DimensionsMax) throw Bad(path, $"{name} has more than {DimensionsMax} dimensions");
        List<long> sizes = [];
        Int128 bytes = kind == ElementKind.F32 ? 4 : 2;
        foreach (JsonElement size in shape.EnumerateArray())
        {
            if (!size.TryGetInt64(out long value) || value < 0) throw Bad(path, $"{name} has a size that is no count");
            sizes.Add(value);
            bytes = bytes > long.MaxValue ? bytes : bytes * value;
        }

        if (!offsets[0].TryGetInt64(out long from) || !offsets[1].TryGetInt64(out long to) || from < 0 || to < from || to > room)
            throw Bad(path, $"{name} lies outside the file");
        if (bytes != to - from) throw Bad(path, $"{name} has {to - from} bytes, its shape needs {bytes}");
        return new StoredTensor(name, kind, sizes, start + from, to - from);
    }

    private static void RequireContiguous(string path, IEnumerable<StoredTensor> tensors, long start, long length)
    {
        long end = start;
        foreach (StoredTensor tensor in tensors.OrderBy(static tensor => tensor.Offset).ThenBy(static tensor => tensor.Bytes))
        {
            if (tensor.Offset != end)
                throw Bad(path, $"{tensor.Name} {(tensor.Offset < end ? "overlaps the tensor before it" : "leaves a hole before it")}");
            end += tensor.Bytes;
        }

        if (end != length) throw Bad(path, $"{length - end} bytes belong to no tensor");
    }

    private static InferenceException Bad(string path, string what) => new(InferenceFault.Model, $"{path}: {what}.");
}
