// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_SAMPLE_FILE_H
#define M3_SAMPLE_FILE_H

#include "origins.h"

#include "core/parts-file.h"
#include "features/flow-features.h"
#include "nn/correction-model.h"

#include <istream>
#include <string>
#include <vector>

namespace ns3::m3
{

/// \ingroup m3-training
/// Training samples of one scenario: features of flows, and the slowdown that the packet engine gave each.
struct TrainingSamples : LabelledFlows
{
    std::vector<uint64_t> sizeBytes; //!< per flow, at least 1
    /// Flows that the network has of each default size class, those left out too; empty: none are left out.
    std::vector<uint64_t> classFlows;
    SampleOrigin origin;          //!< where they come from
    Scope scope = Scope::NETWORK; //!< NETWORK, or PATHS if flowSim ran on sampled paths
    uint32_t checksum = 0;        //!< of the file that they were read from
};

/// Sets TrainingSamples::classFlows. \param all sizes of all flows of the network in bytes, those kept too
void CountClassFlows(TrainingSamples& samples, const std::vector<uint64_t>& all);

/// Writes a sample file (docs/file-formats.md), whole or not at all. \throws InputError if it cannot be written, or a
/// value is out of its range
void WriteSamples(const TrainingSamples& samples, const std::string& file);

/// Reads a sample file. \throws DamagedFileError if it is damaged \throws InputError if it is missing or of another
/// version
TrainingSamples ReadSamples(const std::string& file);
TrainingSamples ReadSamples(std::istream& in, const std::string& name); //!< the same. \param name in messages

inline constexpr const char* SAMPLE_EXTENSION = ".m3s"; //!< Extension of sample files.

/// Files of a folder with an extension, sorted by name. \throws InputError if there is none
std::vector<std::string> SampleFiles(const std::string& folder, const std::string& extension = SAMPLE_EXTENSION);

} // namespace ns3::m3

#endif // M3_SAMPLE_FILE_H
