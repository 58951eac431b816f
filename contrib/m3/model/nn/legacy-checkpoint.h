// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_LEGACY_CHECKPOINT_H
#define M3_LEGACY_CHECKPOINT_H

#include "correction-model.h"

#include <istream>
#include <optional>
#include <string>

namespace ns3::m3
{

/**
 * Converts a checkpoint of an older m3, an archive of LibTorch, to the current format. The weights stay the same
 * to the bit; the optimizer's state, if there is one, is left out.
 * \param scope NETWORK or PATHS, what a model of single flows was trained for, which such files do not say; none for a
 * PublishedModel
 * \throws InputError if the file is missing, damaged or no such checkpoint, or a scope is missing or too many
 */
void ConvertLegacyCheckpoint(const std::string& from, const std::string& to, const std::optional<Scope>& scope);

/**
 * Verifies the checksums of the files of a ZIP archive that are stored as they are, as LibTorch writes numbers: it does
 * not look at them itself when it reads.
 * \param name of the file in messages \throws InputError if one does not match or it is no such archive
 */
void CheckArchive(std::istream& in, const std::string& name);

} // namespace ns3::m3

#endif // M3_LEGACY_CHECKPOINT_H
