// SPDX-License-Identifier: GPL-2.0-only
#include "legacy-checkpoint.h"

#include "model-checkpoint.h"

#include <torch/serialize/archive.h>
#include <torch/types.h>

#include <algorithm>
#include <fstream>
#include <sstream>

namespace ns3::m3
{

namespace
{

/// An archive of LibTorch with the numbers, texts and tensors of a checkpoint.
class LegacyArchive
{
  public:
    explicit LegacyArchive(const std::string& file)
        : m_file(file)
    {
        std::ifstream in = OpenBinaryFile(file);
        CheckArchive(in, file);
        m_archive.load_from(file, torch::Device(torch::kCPU)); // wherever it was trained
    }

    bool Has(const std::string& key)
    {
        c10::IValue value;
        return m_archive.try_read(key, value);
    }

    int64_t Number(const std::string& key)
    {
        c10::IValue value;
        if (!m_archive.try_read(key, value) || !value.isInt())
        {
            Refuse("it has no number " + key);
        }
        return value.toInt();
    }

    uint32_t Size(const std::string& key)
    {
        const int64_t value = Number(key);
        if (value < 0 || value > UINT32_MAX)
        {
            Refuse("its number " + key + " cannot be");
        }
        return static_cast<uint32_t>(value);
    }

    std::string Text(const std::string& key)
    {
        c10::IValue value;
        if (!m_archive.try_read(key, value) || !value.isString())
        {
            Refuse("it has no text " + key);
        }
        return value.toStringRef();
    }

    /// An array by its key, empty if there is no such key.
    std::vector<float> Floats(const std::string& key)
    {
        torch::Tensor values;
        return m_archive.try_read(key, values) ? Values(key, values) : std::vector<float>();
    }

    /// Arrays of the network, each in the size that is expected.
    Weights Network(const std::vector<WeightShape>& shapes)
    {
        torch::serialize::InputArchive network;
        if (!m_archive.try_read("network", network))
        {
            Refuse("it has no network");
        }
        Weights weights;
        for (const WeightShape& shape : shapes)
        {
            std::vector<float>& values = weights[shape.name];
            values = Weight(network, shape.name, shape.name);
            if (values.size() != shape.rows * shape.columns)
            {
                Refuse("its weights " + shape.name + " do not have the size that its network has");
            }
        }
        return weights;
    }

    const std::string& File() const
    {
        return m_file;
    }

    /// \throws DamagedFileError unless a network of this shape can be built
    template <typename Shape>
    void Check(const Shape& shape) const
    {
        try
        {
            CheckShape(shape);
        }
        catch (const InputError& error)
        {
            Refuse(error.what());
        }
    }

    [[noreturn]] void Refuse(const std::string& why) const
    {
        throw DamagedFileError(m_file, 0, "", "is no checkpoint of m3, or damaged: " + why);
    }

  private:
    /// Goes down to the module that has the tensor: "block0.qkv.weight" is "weight" of "qkv" of "block0".
    std::vector<float>
    Weight(torch::serialize::InputArchive& module, const std::string& path, const std::string& name) const
    {
        const std::size_t dot = path.find('.');
        if (dot != std::string::npos)
        {
            torch::serialize::InputArchive part;
            if (!module.try_read(path.substr(0, dot), part))
            {
                Refuse("it has no weights " + name);
            }
            return Weight(part, path.substr(dot + 1), name);
        }
        torch::Tensor values;
        if (!module.try_read(path, values, false) && !module.try_read(path, values, true))
        {
            Refuse("it has no weights " + name);
        }
        return Values(name, values);
    }

    /// A tensor may say that it is larger than what it is stored in, and LibTorch believes it.
    std::vector<float> Values(const std::string& name, const torch::Tensor& values) const
    {
        const bool plain = values.defined() && values.scalar_type() == torch::kFloat && values.is_contiguous() &&
                           values.storage_offset() >= 0 && values.numel() >= 0;
        if (!plain)
        {
            Refuse("its weights " + name + " are no plain array");
        }
        const std::size_t stored = values.storage().nbytes() / sizeof(float);
        const auto offset = static_cast<std::size_t>(values.storage_offset());
        if (offset > stored || static_cast<std::size_t>(values.numel()) > stored - offset)
        {
            Refuse("its weights " + name + " reach beyond what is stored");
        }
        return {values.data_ptr<float>(), values.data_ptr<float>() + values.numel()};
    }

    std::string m_file;
    torch::serialize::InputArchive m_archive;
};

FlowCheckpoint ReadLegacyFlow(LegacyArchive& archive, Scope scope)
{
    FlowCheckpoint checkpoint;
    checkpoint.scope = scope;
    checkpoint.features = archive.Size("features");
    if (checkpoint.features < OLDEST_FEATURES || checkpoint.features > FEATURE_VERSION)
    {
        archive.Refuse("it is for features that this m3 does not know");
    }
    FlowModelShape& shape = checkpoint.shape;
    shape.width = archive.Size("width");
    shape.layers = archive.Size("layers");
    shape.heads = archive.Size("heads");
    shape.hidden = archive.Size("hidden");
    shape.perceptrons = archive.Has("perceptrons") ? archive.Size("perceptrons") : 0; // older checkpoints have none
    archive.Check(shape);
    InputRanges& ranges = checkpoint.ranges;
    ranges = {archive.Floats("flow_low"),
              archive.Floats("flow_high"),
              archive.Floats("hop_low"),
              archive.Floats("hop_high")};
    const bool known = !ranges.flowLow.empty();
    if (ranges.flowLow.size() != ranges.flowHigh.size() || ranges.hopLow.size() != ranges.hopHigh.size() ||
        ranges.hopLow.empty() == known || (!known && checkpoint.features != FEATURE_VERSION))
    {
        archive.Refuse("its ranges of inputs do not fit each other");
    }
    const std::vector<float> errors = archive.Floats("held_out_errors");
    for (std::size_t i = 0; 3 * i + 2 < errors.size() && i < checkpoint.errors.size(); i++)
    {
        const float* of = &errors[3 * i];
        constexpr float MAX_NETWORKS = 1e9F;
        if (!(of[0] >= 0 && of[0] <= MAX_NETWORKS))
        {
            archive.Refuse("its errors on held-out networks cannot be");
        }
        checkpoint.errors[i] = {static_cast<uint32_t>(of[0]), {of[1], of[2]}};
    }
    checkpoint.network.weights = archive.Network(FlowWeightShapes(shape,
                                                                  checkpoint.features,
                                                                  known ? ranges.flowLow.size() : FLOW_INPUTS,
                                                                  known ? ranges.hopLow.size() : HOP_INPUTS));
    return checkpoint;
}

PublishedCheckpoint ReadLegacyPublished(LegacyArchive& archive)
{
    PublishedCheckpoint checkpoint;
    PublishedModelShape& shape = checkpoint.shape;
    shape.width = archive.Size("width");
    shape.hidden = archive.Size("hidden");
    shape.layers = archive.Size("layers");
    shape.heads = archive.Size("heads");
    shape.perceptron = archive.Size("perceptron");
    archive.Check(shape);
    checkpoint.network.weights = archive.Network(PublishedWeightShapes(shape));
    return checkpoint;
}

/// Writes a checkpoint if the reader of the current format takes it. \param read reads its bytes
template <typename Checkpoint, typename Read>
void WriteConverted(LegacyArchive& archive, Checkpoint& checkpoint, const std::string& to, const Read& read)
{
    checkpoint.network.steps = static_cast<uint64_t>(std::max<int64_t>(0, archive.Number("steps")));
    checkpoint.network.description = archive.Text("description");
    std::istringstream in(CheckpointBytes(checkpoint));
    read(in, archive.File());
    WriteCheckpoint(checkpoint, to);
}

void Convert(const std::string& from, const std::string& to, const std::optional<Scope>& scope)
{
    LegacyArchive archive(from);
    // under these keys each kind has the version of its format
    const bool published = archive.Has("path_maps");
    if (!published && !archive.Has("version"))
    {
        archive.Refuse("it is of no kind that m3 knows");
    }
    if (archive.Number(published ? "path_maps" : "version") != 1)
    {
        archive.Refuse("its version is not known");
    }
    if (published == scope.has_value())
    {
        throw InputError(from,
                         0,
                         "",
                         published ? "is a published model, which has no --scope"
                                   : "does not say what it was trained for: give --scope=network or --scope=paths");
    }
    if (published)
    {
        PublishedCheckpoint checkpoint = ReadLegacyPublished(archive);
        WriteConverted(archive, checkpoint, to, ReadPublishedCheckpoint);
        return;
    }
    FlowCheckpoint checkpoint = ReadLegacyFlow(archive, *scope);
    WriteConverted(archive, checkpoint, to, ReadFlowCheckpoint);
}

} // namespace

void ConvertLegacyCheckpoint(const std::string& from, const std::string& to, const std::optional<Scope>& scope)
{
    try
    {
        Convert(from, to, scope);
    }
    catch (const InputError&)
    {
        throw;
    }
    catch (const std::exception&) // of LibTorch, with the frames of its stack
    {
        throw DamagedFileError(from, 0, "", "is no checkpoint of m3, or damaged: LibTorch cannot read it");
    }
}

} // namespace ns3::m3
