using System.Text;
using System.Text.Json;

namespace DePinChain.Rpc.Protocol;

/// <summary>All methods by name; filled once at start, then read only. A look-up takes the UTF-8 name and allocates nothing.</summary>
internal sealed class MethodTable
{
    private readonly Dictionary<byte[], RpcMethod> _methods = new(Utf8NameComparer.Instance);
    private readonly Dictionary<byte[], RpcMethod>.AlternateLookup<ReadOnlySpan<byte>> _byName;

    public MethodTable() => _byName = _methods.GetAlternateLookup<ReadOnlySpan<byte>>();

    /// <summary>Names in ordinal order.</summary>
    public IEnumerable<string> Names => _methods.Values.Select(method => method.Name).Order(StringComparer.Ordinal);

    public void Light(string name, MethodHandler handler) => Add(new RpcMethod(name, MethodCost.Light, false, handler, null));

    public void Heavy(string name, MethodHandler handler) => Add(new RpcMethod(name, MethodCost.Heavy, false, handler, null));

    public void HeavyWhenFull(string name, MethodHandler handler) =>
        Add(new RpcMethod(name, MethodCost.HeavyWhenFull, false, handler, null));

    /// <summary>A method for programs on this machine only.</summary>
    public void Trusted(string name, MethodHandler handler) => Add(new RpcMethod(name, MethodCost.Light, true, handler, null));

    /// <summary>A method for programs on this machine only that waits for the node.</summary>
    public void TrustedDeferred(string name, DeferredHandler handler) => Add(new RpcMethod(name, MethodCost.Light, true, null, handler));

    /// <summary>A method that other nodes have and this one does not: the answer says what to do instead.</summary>
    public void Refused(string name, string hint)
    {
        var refusal = new RpcError(RpcError.MethodNotFoundCode, $"the method {name} does not exist/is not available: {hint}");
        Light(name, (ref ParameterReader _, Utf8JsonWriter _, in RequestScope _) => refusal);
    }

    /// <summary>rpc_modules: the namespaces that anybody may call, as geth lists them.</summary>
    public void AddNamespaces()
    {
        string[] namespaces =
        [
            .. _methods.Values.Where(method => !method.IsTrustedOnly).Select(method => method.Name.Split('_')[0]).Append("rpc")
                .Distinct().Order(StringComparer.Ordinal),
        ];
        Light("rpc_modules", (ref ParameterReader parameters, Utf8JsonWriter result, in RequestScope _) =>
        {
            if (parameters.Finish() is { } fault) return fault;
            result.WriteStartObject();
            foreach (string name in namespaces) result.WriteString(name, "1.0"u8);
            result.WriteEndObject();
            return null;
        });
    }

    public RpcMethod? Find(ReadOnlySpan<byte> name) => _byName.TryGetValue(name, out RpcMethod? method) ? method : null;

    private void Add(RpcMethod method) => _methods.Add(Encoding.UTF8.GetBytes(method.Name), method);

    private sealed class Utf8NameComparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public static readonly Utf8NameComparer Instance = new();

        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(byte[] name) => GetHashCode(name.AsSpan());

        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

        public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();

        /// <summary>FNV-1a: the table is fixed, so a caller cannot choose its keys and a plain hash is enough.</summary>
        public int GetHashCode(ReadOnlySpan<byte> name)
        {
            uint hash = 2166136261;
            unchecked
            {
                foreach (byte letter in name) hash = (hash ^ letter) * 16777619;
                return (int)hash;
            }
        }
    }
}
