using System.Text.Json.Serialization;
using DePinChain.Modules.Sdk;

namespace DePinChain.Modules.Compute;

/// <summary>How the genesis sections of this family are read: camel case, unknown keys refused.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    Converters = [typeof(AddressJson), typeof(AmountJson), typeof(UInt256Json)])]
[JsonSerializable(typeof(ClustersGenesis))]
[JsonSerializable(typeof(ComputeMarketGenesis))]
[JsonSerializable(typeof(DevicesGenesis))]
[JsonSerializable(typeof(EscrowGenesis))]
internal sealed partial class ComputeJson : JsonSerializerContext;
