import { define, type Entity } from "./define.ts";

/**
 * The vendor's entities with the fields of its OpenAPI document. It marks nothing as required: the marks of companies
 * are those of the sheet, the others (weak) what a record cannot be understood without. A ref points at a collection
 * of this server; ids of what it does not keep (resources, templates) are plain numbers.
 */
export const entities: readonly Entity[] = [
  define({
    path: "Companies",
    name: "Company",
    methods: "POST PUT PATCH",
    required: "companyName companyType ownerResourceID phone",
    computed: "createDate createdByResourceID lastActivityDate lastTrackedModifiedDateTime apiVendorID",
    picklist: "companyType classification billToAddressToUse",
    int:
      "apiVendorID competitorID createdByResourceID impersonatorCreatorResourceID invoiceEmailMessageID invoiceMethod " +
      "invoiceTemplateID marketSegmentID ownerResourceID quoteEmailMessageID quoteTemplateID territoryID",
    number: "assetValue surveyCompanyRating",
    text:
      "additionalAddressInformation address1 address2 alternatePhone1 alternatePhone2 billToAttention " +
      "billToAdditionalAddressInformation billingAddress1 billingAddress2 billToCity billToState billToZipCode city " +
      "companyName companyNumber fax phone postalCode sICCode state stockMarket stockSymbol taxID webAddress",
    flag:
      "invoiceNonContractItemsToParentCompany isActive isClientPortalActive isEnabledForComanaged isTaskFireActive " +
      "isTaxExempt",
    date: "createDate lastActivityDate lastTrackedModifiedDateTime",
    ref:
      "billToCompanyLocationID=CompanyLocations billToCountryID=Countries countryID=Countries " +
      "currencyID=Currencies parentCompanyID=Companies taxRegionID=TaxRegions",
  }),
  define({
    path: "CompanyLocations",
    name: "CompanyLocation",
    child: { at: "Companies/Locations", field: "companyID", methods: "POST PUT PATCH DELETE" },
    required: "companyID name",
    text: "address1 address2 alternatePhone1 alternatePhone2 city description fax name phone postalCode state",
    number: "roundtripDistance",
    flag: "isActive isPrimary isTaxExempt overrideAccountTaxSettings",
    ref: "companyID=Companies countryID=Countries taxRegionID=TaxRegions",
  }),
  define({
    path: "Contacts",
    name: "Contact",
    child: { at: "Companies/Contacts", field: "companyID", methods: "POST PUT PATCH DELETE" },
    required: "companyID firstName lastName isActive",
    computed: "createDate lastActivityDate lastModifiedDate apiVendorID",
    picklist: "isActive",
    int: "apiVendorID impersonatorCreatorResourceID namePrefix nameSuffix",
    text:
      "additionalAddressInformation addressLine addressLine1 alternatePhone city emailAddress emailAddress2 " +
      "emailAddress3 extension externalID facebookUrl faxNumber firstName lastName linkedInUrl middleInitial " +
      "mobilePhone note phone roomNumber state title twitterUrl zipCode",
    flag: "isOptedOutFromBulkEmail primaryContact receivesEmailNotifications solicitationOptOut surveyOptOut",
    date: "bulkEmailOptOutTime createDate lastActivityDate lastModifiedDate solicitationOptOutTime",
    ref: "companyID=Companies companyLocationID=CompanyLocations countryID=Countries",
  }),
  define({
    path: "Contracts",
    name: "Contract",
    methods: "POST PUT PATCH",
    required: "companyID contractName contractType contractPeriodType status startDate endDate",
    picklist: "contractType contractCategory contractPeriodType status",
    int:
      "billingPreference contractExclusionSetID exclusionContractID opportunityID organizationalLevelAssociationID " +
      "renewedContractID serviceLevelAgreementID setupFeeBillingCodeID timeReportingRequiresStartAndStopTimes",
    number:
      "estimatedCost estimatedHours estimatedRevenue internalCurrencyOverageBillingRate internalCurrencySetupFee " +
      "overageBillingRate setupFee",
    text: "contactName contractName contractNumber description purchaseOrderNumber",
    flag: "isCompliant isDefaultContract",
    date: "startDate endDate",
    ref: "billToCompanyContactID=Contacts billToCompanyID=Companies companyID=Companies contactID=Contacts",
  }),
  define({
    path: "ContractServices",
    name: "ContractService",
    child: { at: "Contracts/Services", field: "contractID", methods: "POST PUT PATCH" },
    required: "contractID serviceID",
    int: "quoteItemID",
    number: "internalCurrencyAdjustedPrice internalCurrencyUnitPrice unitCost unitPrice",
    text: "internalDescription invoiceDescription",
    ref: "contractID=Contracts serviceID=Services",
  }),
  define({
    path: "ContractServiceUnits",
    name: "ContractServiceUnit",
    child: { at: "Contracts/ServiceUnits", field: "contractID", methods: "" },
    int: "organizationalLevelAssociationID soapParentPropertyId units vendorCompanyID",
    number: "cost internalCurrencyPrice price",
    date: "approveAndPostDate endDate startDate",
    ref: "contractID=Contracts contractServiceID=ContractServices serviceID=Services",
  }),
  define({
    path: "Services",
    name: "Service",
    methods: "POST PUT PATCH",
    required: "name periodType billingCodeID unitPrice",
    computed: "createDate lastModifiedDate",
    picklist: "periodType",
    int: "creatorResourceID serviceLevelAgreementID updateResourceID vendorCompanyID",
    number: "markupRate unitCost unitPrice",
    text: "description invoiceDescription name",
    flag: "isActive",
    date: "createDate lastModifiedDate",
    ref: "billingCodeID=BillingCodes",
  }),
  define({
    path: "PaymentTerms",
    name: "PaymentTerm",
    methods: "POST PUT PATCH",
    required: "name",
    int: "paymentDueInDays",
    text: "description name",
    flag: "isActive",
  }),
  define({
    path: "Currencies",
    name: "Currency",
    int: "displaySymbol updateResourceId",
    number: "exchangeRate",
    text: "currencyNegativeFormat currencyPositiveFormat description name",
    flag: "isActive isInternalCurrency",
    date: "lastModifiedDateTime",
  }),
  // weak: that companies point at countries is in the document, the countries' own fields are not.
  define({
    path: "Countries",
    name: "Country",
    text: "countryCode displayName name",
    flag: "isActive isDefaultCountry",
  }),
  define({
    path: "TaxRegions",
    name: "TaxRegion",
    methods: "POST PUT PATCH",
    required: "name",
    text: "name",
    flag: "isActive",
  }),
  define({
    path: "UserDefinedFieldDefinitions",
    name: "UserDefinedFieldDefinition",
    int: "dataType displayFormat numberOfDecimalPlaces sortOrder udfType",
    text: "description mergeVariableName name",
    flag: "isActive isEncrypted isFieldMapping isPrivate isProtected isRequired isVisibleToClientPortal",
    date: "createDate",
  }),
  define({
    path: "Invoices",
    name: "Invoice",
    methods: "PUT PATCH",
    computed: "companyID createDateTime creatorResourceID invoiceTotal isVoided totalTaxValue voidedDate",
    int: "batchID creatorResourceID invoiceEditorTemplateID paymentTerm taxGroup voidedByResourceID",
    number: "invoiceTotal totalTaxValue",
    text: "comments invoiceNumber orderNumber taxRegionName",
    flag: "isVoided",
    date: "createDateTime dueDate fromDate invoiceDateTime paidDate toDate voidedDate webServiceDate",
    ref: "companyID=Companies",
  }),
  define({
    path: "BillingCodes",
    name: "BillingCode",
    int: "afterHoursWorkType billingCodeType department generalLedgerAccount taxCategoryID useType",
    number: "markupRate unitCost unitPrice",
    text: "description externalNumber name",
    flag: "isActive isExcludedFromNewContracts",
  }),
  define({
    path: "BillingItems",
    name: "BillingItem",
    methods: "PUT PATCH",
    // A public client, made from the vendor's own description, can set the stamp of an export and nothing else.
    computed:
      "accountManagerWhenApprovedID billingItemType configurationItemID contractChargeID expenseItemID " +
      "itemApproverID lineItemID milestoneID nonBillable organizationalLevelAssociationID projectChargeID projectID " +
      "roleID serviceBundleID subType taskID ticketChargeID ticketID timeEntryID vendorID extendedPrice " +
      "internalCurrencyExtendedPrice internalCurrencyRate internalCurrencyTaxDollars internalCurrencyTotalAmount " +
      "ourCost quantity rate taxDollars totalAmount description itemName lineItemFullDescription " +
      "lineItemGroupDescription purchaseOrderNumber itemDate postedDate postedOnTime billingCodeID companyID " +
      "contractID invoiceID serviceID",
    int:
      "accountManagerWhenApprovedID billingItemType configurationItemID contractChargeID expenseItemID " +
      "itemApproverID lineItemID milestoneID nonBillable organizationalLevelAssociationID projectChargeID projectID " +
      "roleID serviceBundleID subType taskID ticketChargeID ticketID timeEntryID vendorID",
    number:
      "extendedPrice internalCurrencyExtendedPrice internalCurrencyRate internalCurrencyTaxDollars " +
      "internalCurrencyTotalAmount ourCost quantity rate taxDollars totalAmount",
    text: "description itemName lineItemFullDescription lineItemGroupDescription purchaseOrderNumber",
    date: "itemDate postedDate postedOnTime webServiceDate",
    ref: "billingCodeID=BillingCodes companyID=Companies contractID=Contracts invoiceID=Invoices serviceID=Services",
  }),
];

/** The entity that is called so in URLs; the vendor takes any casing there. */
export function findEntity(path: string): Entity | undefined {
  return entities.find((entity) => entity.path.toLowerCase() === path.toLowerCase());
}

/** The entity that is written below a parent: ("Companies", "Locations"). */
export function findChild(parent: string, under: string): Entity | undefined {
  return entities.find(
    ({ child }) =>
      child?.parent.toLowerCase() === parent.toLowerCase() &&
      child.under.toLowerCase() === under.toLowerCase(),
  );
}
