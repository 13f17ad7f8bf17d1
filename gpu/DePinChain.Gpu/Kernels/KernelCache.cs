using System.Globalization;
using System.Text;
using DePinChain.Gpu.Cpu;

namespace DePinChain.Gpu.Kernels;

/// <summary>
/// Compiled kernels on disk, keyed by everything that went into them. A file carries the SHA-256 of its content; whatever does not fit is
/// thrown away and built again, so a torn or foreign file costs a compilation and nothing else.
/// </summary>
/// <param name="folder">Where the files lie; null keeps nothing.</param>
public sealed class KernelCache(string? folder)
{
    private const long FileBytesMax = 256L << 20;

    /// <summary>The key of a program.</summary>
    public static string KeyOf(params ReadOnlySpan<string> parts)
    {
        StringBuilder text = new();
        foreach (string part in parts) text.Append(CultureInfo.InvariantCulture, $"{part.Length}:").Append(part);
        return Convert.ToHexStringLower(Sha256Scalar.Hash(Encoding.UTF8.GetBytes(text.ToString())));
    }

    /// <summary>The program of a key, or null.</summary>
    public byte[]? Find(string key)
    {
        if (folder is null) return null;
        try
        {
            FileInfo file = new(PathOf(key));
            if (!file.Exists || file.Length <= Sha256Scalar.DigestSize || file.Length > FileBytesMax) return null;
            byte[] bytes = File.ReadAllBytes(file.FullName);
            byte[] program = bytes[Sha256Scalar.DigestSize..];
            return Sha256Scalar.Hash(program).AsSpan().SequenceEqual(bytes.AsSpan(0, Sha256Scalar.DigestSize)) ? program : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Keeps a program. A cache that cannot be written is none: that is not an error.</summary>
    public void Keep(string key, ReadOnlySpan<byte> program)
    {
        if (folder is null) return;
        try
        {
            Directory.CreateDirectory(folder);
            string temporary = Path.Combine(folder, $"{key}.{Environment.ProcessId}.{Environment.CurrentManagedThreadId}.tmp");
            using (FileStream stream = new(temporary, FileMode.Create, FileAccess.Write))
            {
                stream.Write(Sha256Scalar.Hash(program));
                stream.Write(program);
            }

            File.Move(temporary, PathOf(key), overwrite: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The next start compiles again.
        }
    }

    private string PathOf(string key) => Path.Combine(folder!, key + ".kernel");
}
