// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_PATH_MAP_FILE_H
#define M3_PATH_MAP_FILE_H

#include "origins.h"

#include "features/path-maps.h"

#include <cstdint>
#include <istream>
#include <string>

namespace ns3::m3
{

/// \ingroup m3-training
/// Training samples of the published model: paths, and the slowdowns that the packet engine gave their foreground
/// flows.
struct PathMapSamples : LabelledPaths
{
    SampleOrigin origin;   //!< where they come from
    uint32_t checksum = 0; //!< as TrainingSamples::checksum
};

inline constexpr const char* PATH_MAP_EXTENSION = ".m3p"; //!< Extension of the files that WritePathMaps writes.

/// Writes a file of path maps. Files and errors as WriteSamples.
void WritePathMaps(const PathMapSamples& samples, const std::string& file);

/// Reads a file of path maps. Errors as ReadSamples.
PathMapSamples ReadPathMaps(const std::string& file);
PathMapSamples ReadPathMaps(std::istream& in, const std::string& name); //!< the same. \param name in messages

/// Whether a folder has files of path maps; what it holds for models of single flows is then not looked at.
bool HoldsPathMaps(const std::string& folder);

} // namespace ns3::m3

#endif // M3_PATH_MAP_FILE_H
