#ifndef M3_SAMPLE_FILE_H
#define M3_SAMPLE_FILE_H

#include "flow-features.h"

#include <string>
#include <vector>

namespace ns3::m3
{

/// Training samples of one scenario: features of flows, and the slowdown that the packet engine gave each.
struct TrainingSamples
{
    FlowFeatures features;           //!< inputs
    std::vector<float> slowdown;     //!< per flow, at least 1
    std::vector<uint64_t> sizeBytes; //!< per flow
    std::string description;         //!< of the scenario and, after DRAWN_BY, what it was drawn by
};

/// Between a scenario and what it was drawn by, "SEED at commit COMMIT", in the description of its samples.
inline constexpr const char* DRAWN_BY = "; data seed ";

/// What follows DRAWN_BY in a description, "unknown" where samples do not say.
std::string DataOrigin(const std::string& description);

/// Writes a sample file (docs/file-formats.md), whole or not at all. \throws InputError
void WriteSamples(const TrainingSamples& samples, const std::string& file);

/// \throws InputError for a file that is missing, damaged or of another feature version
TrainingSamples ReadSamples(const std::string& file);

inline constexpr const char* SAMPLE_EXTENSION = ".m3s";   //!< of WriteSamples
inline constexpr const char* PATH_MAP_EXTENSION = ".m3p"; //!< of WritePathMaps

/// Files of a folder with an extension, sorted by name. \throws InputError if there is none
std::vector<std::string> SampleFiles(const std::string& folder, const std::string& extension = SAMPLE_EXTENSION);

/// Whether a folder has files of path maps; what it holds for models of single flows is then not looked at.
bool HoldsPathMaps(const std::string& folder);

} // namespace ns3::m3

#endif // M3_SAMPLE_FILE_H
