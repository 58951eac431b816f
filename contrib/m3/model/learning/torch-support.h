#ifndef M3_TORCH_SUPPORT_H
#define M3_TORCH_SUPPORT_H

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace c10
{
struct Device;
} // namespace c10

namespace torch::serialize
{
class InputArchive;
class OutputArchive;
} // namespace torch::serialize

namespace torch::nn
{
class Module;
} // namespace torch::nn

namespace torch::optim
{
class Optimizer;
} // namespace torch::optim

namespace ns3::m3
{

/**
 * Reads a checkpoint by `read`.
 * \param kind key under which the file has the version of its format \param version that this program reads
 * \throws InputError if it is missing, damaged, of another kind or version
 */
void ReadCheckpoint(const std::string& file,
                    const std::string& kind,
                    int64_t version,
                    const std::function<void(torch::serialize::InputArchive&)>& read);

/// Writes a checkpoint, whole or not at all. Parameters as ReadCheckpoint.
void WriteCheckpoint(const std::string& file,
                     const std::string& kind,
                     int64_t version,
                     const std::function<void(torch::serialize::OutputArchive&)>& write);

/// A number by its key.
int64_t ReadNumber(torch::serialize::InputArchive& archive, const std::string& key);
/// A number under a key.
void WriteNumber(torch::serialize::OutputArchive& archive, const std::string& key, uint64_t value);
/// A text by its key.
std::string ReadText(torch::serialize::InputArchive& archive, const std::string& key);
/// A text under a key.
void WriteText(torch::serialize::OutputArchive& archive, const std::string& key, const std::string& value);

/// An array by its key, empty if there is no such key.
std::vector<float> ReadFloats(torch::serialize::InputArchive& archive, const std::string& key);
/// An array under a key.
void WriteFloats(torch::serialize::OutputArchive& archive, const std::string& key, const std::vector<float>& values);

/// Reads what WriteState wrote; the optimizer's part where it is there.
void ReadState(torch::serialize::InputArchive& archive, torch::nn::Module& network, torch::optim::Optimizer& optimizer);

/// \param optimizer may be null: the checkpoint is then for prediction alone
void WriteState(torch::serialize::OutputArchive& archive,
                const torch::nn::Module& network,
                const torch::optim::Optimizer* optimizer);

/**
 * Moves a network, and what its AdamW has gathered, to a device.
 * \param device cpu; cuda; auto: cuda where LibTorch finds a device of that kind \throws InputError
 */
c10::Device MoveTo(const std::string& device, torch::nn::Module& network, torch::optim::Optimizer& optimizer);

/// Threads of LibTorch. \return one line that names its BLAS problem if it has none that is fast, else ""
std::string SetUpTorch(uint32_t threads);

} // namespace ns3::m3

#endif // M3_TORCH_SUPPORT_H
